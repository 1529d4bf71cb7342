using System.Globalization;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// How often the kernel has killed for want of memory, cgroup limits included, since boot. A runtime without a daemon deletes the cgroup,
/// and with it the cgroup's own count, before anybody can ask.
/// </summary>
internal static class OutOfMemory
{
    public static long Kills() => KillsIn(File.ReadLines("/proc/vmstat"));

    /// <param name="vmstat">Lines <c>name value</c>.</param>
    internal static long KillsIn(IEnumerable<string> vmstat) =>
        vmstat.FirstOrDefault(line => line.StartsWith("oom_kill ", StringComparison.Ordinal)) is { } line
            ? long.Parse(line["oom_kill ".Length..], CultureInfo.InvariantCulture)
            : 0;
}
