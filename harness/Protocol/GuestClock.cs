using System.Globalization;

namespace VirtualBench.Protocol;

/// <summary>The guest's and the host's clocks at the first and the last line of a section, ns.</summary>
public sealed record SectionClocks(double GuestBeginNs, double GuestEndNs, double HostBeginNs, double HostEndNs);

/// <summary>
/// How long something took by the guest's clock and by the host's. A guest whose clock runs at another rate measures wrong times, which
/// nothing in its own output can show.
/// </summary>
internal readonly record struct GuestClock(double GuestNs, double HostNs)
{
    /// <summary>
    /// Forgiven whatever the length: lines arrive late when the host is busy, at the beginning or at the end. On a loaded host of two CPUs
    /// 40 ms were seen.
    /// </summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Forgiven in proportion: clocks calibrated at different moments.</summary>
    public const double Share = 0.03;

    /// <summary>Guest over host time; null when no host time passed.</summary>
    public double? Drift => HostNs > 0 ? GuestNs / HostNs : null;

    /// <summary>What is wrong; null when the clocks agree as far as can be told.</summary>
    public string? Fault => Math.Abs(GuestNs - HostNs) <= Delay.TotalNanoseconds + (Share * HostNs) ? null
        : string.Create(
            CultureInfo.InvariantCulture, $"guest clock: {GuestNs / 1e6:F1} ms passed in the guest, {HostNs / 1e6:F1} ms on the host");
}
