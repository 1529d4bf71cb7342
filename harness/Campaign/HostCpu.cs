using System.Globalization;
using VirtualBench.Host;
using VirtualBench.Networks;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Campaign;

/// <summary>Processor time that a section took on the host, in seconds, from its first line to its first measurement's.</summary>
/// <param name="GuestSeconds">Of the guest: its processes, or the machine's with its device threads. Null when they cannot be seen.</param>
/// <param name="PeerSeconds">Of what it talked to.</param>
/// <param name="SwitchSeconds">Of the switch, its polling threads among it.</param>
/// <param name="BusySeconds">Of the whole host, whoever used it: what the kernel does for the guest in interrupts is only here.</param>
/// <param name="WallSeconds">How long it took.</param>
public sealed record SectionUsage(
    double? GuestSeconds, double PeerSeconds, double SwitchSeconds, double BusySeconds, double WallSeconds);

/// <summary>
/// Processor time on the host so far, by role. Processes are told by the label in their environment (see
/// <see cref="InstanceProcesses.Variable"/>), their children by their parents. Resolution: 10 ms, the unit of <c>/proc/PID/stat</c>.
/// </summary>
internal sealed record HostCpu(double? GuestSeconds, double PeerSeconds, double SwitchSeconds, double BusySeconds, long AtNs)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on all of Linux's architectures of ours

    /// <summary>Reads it now; takes about a millisecond.</summary>
    /// <param name="label">The trial's.</param>
    /// <param name="switchLabel">Of the run's switches.</param>
    public static HostCpu Read(string label, string switchLabel)
    {
        var processes = ReadProcesses();
        double? guest = null;
        double peer = 0, @switch = 0;
        foreach (var (id, process) in processes)
        {
            switch (RoleOf(id, processes, label, switchLabel))
            {
                case Role.Guest:
                    guest = (guest ?? 0) + process.Seconds;
                    break;
                case Role.Peer:
                    peer += process.Seconds;
                    break;
                case Role.Switch:
                    @switch += process.Seconds;
                    break;
            }
        }

        return new HostCpu(guest, peer, @switch, BusyTicks(File.ReadLines("/proc/stat").First()) / TicksPerSecond, HostClock.NowNs());
    }

    public SectionUsage Since(HostCpu before) => new(
        GuestSeconds - before.GuestSeconds, PeerSeconds - before.PeerSeconds, SwitchSeconds - before.SwitchSeconds,
        BusySeconds - before.BusySeconds, (AtNs - before.AtNs) * 1e-9);

    /// <summary>Ticks that were neither idle nor waiting nor another machine's, of the first line of <c>/proc/stat</c>.</summary>
    internal static double BusyTicks(string line)
    {
        // user nice system idle iowait irq softirq steal; guest time is part of user.
        var ticks = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(t => double.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        return ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6];
    }

    /// <summary>Parent and processor time (user and system, of all threads) out of <c>/proc/PID/stat</c>.</summary>
    internal static (int Parent, double Seconds) ReadStat(string stat)
    {
        // The name, in parentheses, may hold anything.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (int.Parse(fields[1], CultureInfo.InvariantCulture),
            (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
    }

    private static Role RoleOf(
        int id, Dictionary<int, (int Parent, double Seconds, string? Label)> processes, string label, string switchLabel)
    {
        for (var depth = 0; depth < 64 && processes.TryGetValue(id, out var process); depth++, id = process.Parent)
        {
            if (process.Label is { } own)
            {
                return own == label ? Role.Guest : own == label + PeerServer.LabelSuffix ? Role.Peer
                    : own == switchLabel ? Role.Switch : Role.None;
            }
        }

        return Role.None;
    }

    private static Dictionary<int, (int Parent, double Seconds, string? Label)> ReadProcesses()
    {
        var found = new Dictionary<int, (int, double, string?)>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                || id == Environment.ProcessId)
            {
                continue;
            }

            try
            {
                var (parent, seconds) = ReadStat(File.ReadAllText($"{directory}/stat"));
                found[id] = (parent, seconds, InstanceProcesses.LabelOf(id));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Ended meanwhile.
            }
        }

        return found;
    }

    private enum Role
    {
        None,
        Guest,
        Peer,
        Switch,
    }
}
