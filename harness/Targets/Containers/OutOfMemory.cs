using System.Globalization;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// How often the kernel has killed for want of memory, cgroup limits included, since boot. A runtime without a daemon deletes the cgroup,
/// and with it the cgroup's own count, before anybody can ask.
/// </summary>
internal sealed class OutOfMemory
{
    // As of the last end: reading it is no part of a start.
    private long _kills;

    public static InstanceEnd Fault(Resources resources) =>
        new(null, $"out of memory: killed at the limit of {resources.MemoryBytes >> 20} MiB");

    /// <summary>Counts from now on.</summary>
    public void Reset() => _ = HasKilled();

    /// <summary>Whether the kernel has killed anybody for want of memory since the last time that this was asked.</summary>
    public bool HasKilled()
    {
        var now = Kills();
        return now > Interlocked.Exchange(ref _kills, now);
    }

    private static long Kills() => KillsIn(File.ReadLines("/proc/vmstat"));

    /// <param name="vmstat">Lines <c>name value</c>.</param>
    internal static long KillsIn(IEnumerable<string> vmstat) =>
        vmstat.FirstOrDefault(line => line.StartsWith("oom_kill ", StringComparison.Ordinal)) is { } line
            ? long.Parse(line["oom_kill ".Length..], CultureInfo.InvariantCulture)
            : 0;
}
