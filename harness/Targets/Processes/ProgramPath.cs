namespace VirtualBench.Targets.Processes;

/// <summary>Finds installed programs.</summary>
internal static class ProgramPath
{
    // Where daemons and container runtimes are, and what an ordinary user's PATH leaves out.
    private static readonly string[] SystemDirectories =
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>PATH, and the system's directories after it.</summary>
    public static string SearchPath { get; } = string.Join(
        ':',
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(SystemDirectories).Distinct());

    /// <returns>The absolute path; null when it is not installed. A name with a slash in it is looked up as it is.</returns>
    public static string? Find(string program) => program.Contains('/', StringComparison.Ordinal)
        ? (IsExecutable(program) ? Path.GetFullPath(program) : null)
        : SearchPath.Split(':').Select(directory => Path.Combine(directory, program)).FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string path) =>
        File.Exists(path)
        && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
