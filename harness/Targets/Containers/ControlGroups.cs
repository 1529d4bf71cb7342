using VirtualBench.Targets.Interop;

namespace VirtualBench.Targets.Containers;

/// <summary>The host's cgroup file systems, version 1 and 2, and the groups of ours in them.</summary>
internal static class ControlGroups
{
    /// <summary>The group that all groups which we choose ourselves are in.</summary>
    public const string Parent = "/virtualbench";

    /// <summary>Where libvirt, if systemd does not do it, has a group for each container: <c>lxc-PID-LABEL.libvirt-lxc</c>.</summary>
    public const string MachineParent = "/machine";

    // A systemd unit's name spells '-' as "\x2d" (libvirt's machine scopes are such).
    private const string EscapedHyphen = @"\x2d";
    private const int Depth = 6;

    /// <summary>Where cgroup file systems are mounted, with the version of each.</summary>
    public static IReadOnlyList<(string Path, int Version)> Mounts() => Parse(File.ReadLines("/proc/self/mounts"));

    /// <summary>The version 2 hierarchies of a host that has version 1 as well, which crun refuses to run on.</summary>
    public static IReadOnlyList<string> HybridMounts()
    {
        var mounts = Mounts();
        return mounts.Any(m => m.Version == 1) ? [.. mounts.Where(m => m.Version == 2).Select(m => m.Path)] : [];
    }

    /// <summary>Mounts as /proc/self/mounts lists them: device, path, type, options, blank separated.</summary>
    internal static IReadOnlyList<(string Path, int Version)> Parse(IEnumerable<string> mounts) =>
    [
        .. mounts.Select(line => line.Split(' '))
            .Where(fields => fields.Length > 2 && fields[2] is "cgroup" or "cgroup2")
            .Select(fields => (fields[1], fields[2] == "cgroup" ? 1 : 2)),
    ];

    /// <summary>
    /// Every group, in any hierarchy, whose own name is accepted; deeper ones first, so that they can be removed in that order.
    /// </summary>
    public static IReadOnlyList<string> Find(Func<string, bool> accepts)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true, MaxRecursionDepth = Depth,
            IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint,
        };
        return
        [
            .. Mounts().SelectMany(mount => Directory.EnumerateDirectories(mount.Path, "*", options))
                .Where(path => accepts(Path.GetFileName(path).Replace(EscapedHyphen, "-", StringComparison.OrdinalIgnoreCase)))
                .Distinct().OrderByDescending(path => path.Count(c => c == '/')),
        ];
    }

    /// <summary>
    /// Removes the group <see cref="Parent"/>/<paramref name="name"/> from every hierarchy, and the parent when nothing else is in it.
    /// </summary>
    public static void Remove(string name)
    {
        foreach (var (mount, _) in Mounts())
        {
            RemoveTree($"{mount}{Parent}/{name}");
            _ = Libc.RemoveDirectory(mount + Parent);
        }
    }

    /// <summary>Removes libvirt's groups of a run, and their parent when nothing else is in it.</summary>
    /// <param name="labelPrefix">What the labels of the run begin with.</param>
    public static void RemoveMachines(string labelPrefix)
    {
        foreach (var group in Find(name => name.Contains("-" + labelPrefix, StringComparison.Ordinal)))
        {
            RemoveTree(group);
        }

        foreach (var (mount, _) in Mounts())
        {
            _ = Libc.RemoveDirectory(mount + MachineParent);
        }
    }

    /// <summary>Whether swap can be limited too: not every kernel counts it.</summary>
    public static bool LimitSwap() => Mounts().Any(mount => mount.Version == 1
        ? File.Exists(mount.Path + "/memory.memsw.limit_in_bytes")
        : File.Exists("/proc/swaps") && File.ReadAllText(mount.Path + "/cgroup.controllers").Contains("memory", StringComparison.Ordinal));

    /// <summary>Kills what runs in a group and below, and removes them. A group that does not exist is no error.</summary>
    /// <returns>False when something would not go.</returns>
    public static bool RemoveTree(string path)
    {
        if (!Directory.Exists(path))
        {
            return true;
        }

        foreach (var child in Directory.GetDirectories(path))
        {
            RemoveTree(child);
        }

        // A killed process leaves its group when it is reaped, a little later.
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (Libc.RemoveDirectory(path) == 0 || !Directory.Exists(path))
            {
                return true;
            }

            foreach (var process in Processes(path))
            {
                _ = Libc.Kill(process, Libc.Sigkill);
            }

            Thread.Sleep(10);
        }

        return false;
    }

    private static IReadOnlyList<int> Processes(string path)
    {
        try
        {
            return [.. File.ReadLines(path + "/cgroup.procs").Select(int.Parse)
                .Where(process => process > 0 && process != Environment.ProcessId)];
        }
        catch (IOException)
        {
            return []; // removed meanwhile
        }
    }
}
