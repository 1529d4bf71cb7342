using System.Globalization;

namespace VirtualBench.Protocol;

/// <summary>
/// The guest's and the host's clocks at the first and the last line of something that a guest printed, ns. A guest whose clock runs at
/// another rate than the host's measures wrong times, which nothing in its own output can show.
/// </summary>
public sealed record GuestClock(double GuestBeginNs, double GuestEndNs, double HostBeginNs, double HostEndNs)
{
    /// <summary>Forgiven in proportion: clocks calibrated at different moments.</summary>
    public const double Share = 0.03;

    /// <summary>
    /// Forgiven whatever the length: lines arrive late when the host is busy, at the beginning or at the end. On a loaded host of two CPUs
    /// 40 ms were seen.
    /// </summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>What is wrong; null when the clocks agree as far as can be told.</summary>
    public string? Fault
    {
        get
        {
            var guest = GuestEndNs - GuestBeginNs;
            var host = HostEndNs - HostBeginNs;
            return Math.Abs(guest - host) <= Delay.TotalNanoseconds + (Share * host) ? null
                : string.Create(
                    CultureInfo.InvariantCulture, $"guest clock: {guest / 1e6:F1} ms passed in the guest, {host / 1e6:F1} ms on the host");
        }
    }

    /// <summary>From the beginning of this to the end of <paramref name="last"/>.</summary>
    public GuestClock Through(GuestClock last) => this with { GuestEndNs = last.GuestEndNs, HostEndNs = last.HostEndNs };
}
