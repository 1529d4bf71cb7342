using VirtualBench.Protocol;

namespace VirtualBench.Campaign;

/// <summary>
/// The host's processor time for the data that a section moved, in seconds for each GB (10^9 bytes). The section's metric <c>bytes</c>
/// counts all that it moved, in warm-up and pilot too, as the time does.
/// </summary>
internal static class HostCost
{
    private const string Unit = "s/GB";

    /// <summary>
    /// <c>hostCpuSecondsPerGB</c> of guest and switch together (absent when the guest's processes cannot be seen),
    /// <c>peerCpuSecondsPerGB</c> of what it talked to, <c>busyCpuSecondsPerGB</c> of the whole host. Empty where nothing was watched or
    /// moved.
    /// </summary>
    public static IEnumerable<Metric> Of(Section section, SectionUsage? usage)
    {
        if (usage is null || section.Metrics.FirstOrDefault(m => m.Name == "bytes") is not { Value: > 0 } bytes)
        {
            yield break;
        }

        var gigabytes = bytes.Value / 1e9;
        if (usage.GuestSeconds is { } guest)
        {
            yield return new Metric("hostCpuSecondsPerGB", (guest + usage.SwitchSeconds) / gigabytes, Unit);
        }

        yield return new Metric("peerCpuSecondsPerGB", usage.PeerSeconds / gigabytes, Unit);
        yield return new Metric("busyCpuSecondsPerGB", usage.BusySeconds / gigabytes, Unit);
    }
}
