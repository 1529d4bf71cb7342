namespace VirtualBench.Targets.VirtualMachines;

/// <summary>
/// Where a user-mode kernel keeps its guest's memory: a file without a name in a directory that it is given. Only a tmpfs will do, for on
/// a disk the pages would be written back while a probe runs, and it must allow execution, for guest programs are mapped from it.
/// </summary>
internal static class UserModeMemory
{
    /// <summary>The first place that has room.</summary>
    /// <exception cref="TargetException">There is none.</exception>
    public static string Find(long bytes)
    {
        var mounts = File.ReadAllLines("/proc/self/mounts");
        string[] candidates = ["/dev/shm", Path.TrimEndingDirectorySeparator(Path.GetTempPath())];
        return candidates.FirstOrDefault(directory =>
                Directory.Exists(directory) && AllowsExecution(mounts, directory) && new DriveInfo(directory).AvailableFreeSpace >= bytes)
            ?? throw new TargetException(
                $"{string.Join(" and ", candidates)}: no tmpfs with {bytes >> 20} MiB free that allows execution, which user-mode Linux "
                + "takes its memory from: mount -o remount,exec,size=50% /dev/shm");
    }

    /// <summary>Whether a directory is on a tmpfs that programs may be run from.</summary>
    /// <param name="mounts">Lines of /proc/self/mounts, see proc(5): device, mount point, type, options.</param>
    internal static bool AllowsExecution(IReadOnlyList<string> mounts, string directory)
    {
        // Of two mounts on one place the later hides the earlier.
        var mount = mounts.Select(line => line.Split(' ')).Where(fields => fields.Length >= 4 && Holds(fields[1], directory))
            .Aggregate((string[]?)null, (best, fields) => best is null || fields[1].Length >= best[1].Length ? fields : best);
        return mount is not null && mount[2] == "tmpfs" && !mount[3].Split(',').Any(option => option is "noexec" or "ro");
    }

    private static bool Holds(string mountPoint, string directory) =>
        mountPoint == "/" || directory == mountPoint || directory.StartsWith(mountPoint + "/", StringComparison.Ordinal);
}
