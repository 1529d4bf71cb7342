namespace VirtualBench.Guests.Containers;

/// <summary>Lays out the root of a container that is started from a directory.</summary>
public static class RootDirectory
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <param name="root">Made when it is not there.</param>
    /// <param name="directories">Empty ones in it, for the engine to mount on.</param>
    /// <param name="programs">Each path in the root, e.g. <c>/vbprobe</c>, and the file that is copied there.</param>
    public static void Write(string root, IReadOnlyList<string> directories, params IReadOnlyList<(string Path, string Source)> programs)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("a container's root needs Unix file modes");
        }

        foreach (var path in directories.Select(name => Path.Combine(root, name)).Prepend(root))
        {
            Directory.CreateDirectory(path);
            File.SetUnixFileMode(path, Executable); // whatever the umask
        }

        foreach (var (path, source) in programs)
        {
            File.Copy(source, root + path);
            File.SetUnixFileMode(root + path, Executable);
        }
    }
}
