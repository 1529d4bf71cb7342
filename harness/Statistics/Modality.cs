using Perfolizer.Mathematics.Multimodality;
using Pragmastat;

namespace VirtualBench.Statistics;

/// <summary>
/// Looks for several humps in a sample: a machine that is now fast, now slow (two NUMA nodes, a cache that is shared or not) is described
/// by no single figure.
/// </summary>
/// <remarks>
/// Two ways, since neither does both. Perfolizer's lowland detector finds humps that overlap but needs many values (simulated, a third of
/// them eight standard deviations away: it sees none of ten values' humps, 53 % of thirty's, 91 % of fifty's). Few values are split by
/// their widest gap when that exceeds <see cref="GapShare"/> times the wider group: sees 79 % of ten values' humps, and finds some in
/// 1.5, 0.4 and 0.1 % of 8, 10 and 12 normal values, in 0.9 and 0.3 % of 8 and 10 of Student's t with 3 degrees of freedom.
/// </remarks>
public static class Modality
{
    /// <summary>Fewer cannot tell a hump from chance.</summary>
    public const int FewestValues = 8;

    private const int FewestOfLowland = 20;
    private const int FewestOfGroup = 3;
    private const double GapShare = 1.5;

    /// <summary>Where the humps are highest, ascending; one when there is a single hump, null for too few values.</summary>
    public static IReadOnlyList<double>? Find(IReadOnlyList<double> values)
    {
        if (values.Count < FewestValues || values.Any(v => !double.IsFinite(v)))
        {
            return null;
        }

        var sorted = values.Order().ToArray();
        if (sorted.Length >= FewestOfLowland && sorted[0] < sorted[^1])
        {
            var modes = LowlandModalityDetector.Instance.DetectModes(new Sample(sorted), HarrellDavis.Instance).Modes;
            if (modes.Count > 1)
            {
                return [.. modes.Select(mode => mode.Location)];
            }
        }

        return SplitByGap(sorted) is { } second
            ? [BootMedian.Of(sorted[..second]), BootMedian.Of(sorted[second..])]
            : [BootMedian.Of(sorted)];
    }

    /// <summary>Where the upper group begins; null when no gap is wide enough.</summary>
    private static int? SplitByGap(double[] sorted)
    {
        for (var i = FewestOfGroup; i <= sorted.Length - FewestOfGroup; i++)
        {
            var wider = Math.Max(sorted[i - 1] - sorted[0], sorted[^1] - sorted[i]);
            if (sorted[i] - sorted[i - 1] > GapShare * wider)
            {
                return i;
            }
        }

        return null;
    }
}
