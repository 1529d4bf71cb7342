using System.Globalization;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// A control group of an instance, with its limits of memory and processor time, for an engine that makes none itself:
/// <c>/virtualbench/LABEL</c> in each hierarchy that limits one of the two, and in that of version 2, which engines divide further.
/// </summary>
internal static class LimitedGroup
{
    private const int PeriodUs = 100_000;

    /// <returns>Its directories. <see cref="ControlGroups.Remove"/> removes them, and what the engine made in them.</returns>
    /// <exception cref="TargetException">The host does not let us.</exception>
    public static IReadOnlyList<string> Create(string label, Resources resources)
    {
        try
        {
            return
            [
                .. ControlGroups.Mounts().Where(mount => Limits(mount.Path, mount.Version)).Select(mount =>
                    mount.Version == 1 ? CreateFirst(mount.Path, label, resources) : CreateSecond(mount.Path, label, resources)),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ControlGroups.Remove(label);
            throw new TargetException($"cannot make the control group {label}: {e.Message}; see the doctor command", e);
        }
    }

    private static bool Limits(string mount, int version) =>
        version == 2 || File.Exists(mount + "/memory.limit_in_bytes") || File.Exists(mount + "/cpu.shares");

    private static string CreateFirst(string mount, string label, Resources resources)
    {
        var group = Directory.CreateDirectory($"{mount}{ControlGroups.Parent}/{label}").FullName;
        Write(group, "memory.limit_in_bytes", resources.MemoryBytes);
        // The same: no swap, which would turn an exhausted limit into a slow guest.
        Write(group, "memory.memsw.limit_in_bytes", resources.MemoryBytes);
        if (ProcessorQuota.Of(resources) is { } processors)
        {
            Write(group, "cpu.cfs_period_us", PeriodUs);
            Write(group, "cpu.cfs_quota_us", processors * PeriodUs);
        }

        return group;
    }

    private static string CreateSecond(string mount, string label, Resources resources)
    {
        var parent = Directory.CreateDirectory(mount + ControlGroups.Parent).FullName;
        foreach (var ancestor in (string[])[mount, parent])
        {
            HandDown(ancestor, "memory");
            HandDown(ancestor, "cpu");
        }

        var group = Directory.CreateDirectory($"{parent}/{label}").FullName;
        Write(group, "memory.max", resources.MemoryBytes);
        Write(group, "memory.swap.max", 0);
        if (ProcessorQuota.Of(resources) is { } processors)
        {
            Write(group, "cpu.max", FormattableString.Invariant($"{processors * PeriodUs} {PeriodUs}"));
        }

        return group;
    }

    /// <summary>Lets the groups below have a controller, where there is such and they have not.</summary>
    private static void HandDown(string group, string controller)
    {
        if (Words(group, "cgroup.controllers").Contains(controller) && !Words(group, "cgroup.subtree_control").Contains(controller))
        {
            File.WriteAllText(group + "/cgroup.subtree_control", "+" + controller);
        }
    }

    private static string[] Words(string group, string file) => File.ReadAllText($"{group}/{file}").Split(' ', '\n');

    private static void Write(string group, string file, long value) => Write(group, file, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A file that is not there belongs to another hierarchy, or to a kernel without it.</summary>
    private static void Write(string group, string file, string value)
    {
        var path = $"{group}/{file}";
        if (File.Exists(path))
        {
            File.WriteAllText(path, value);
        }
    }
}
