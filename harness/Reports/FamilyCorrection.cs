using VirtualBench.Statistics;

namespace VirtualBench.Reports;

/// <summary>Each comparison of a run in view of all others.</summary>
internal static class FamilyCorrection
{
    /// <summary>The probability that any comparison of a run is called different when none is.</summary>
    private const double Level = 0.05;

    /// <summary>One for each estimate; null for those without an interval, which are no comparisons.</summary>
    /// <param name="confidence">
    /// The intervals' nominal level. Where it is above 95 %, to make good for having looked often, p-values grow by as much.
    /// </param>
    public static IReadOnlyList<ReportHolm?> Over(IReadOnlyList<RatioEstimate> estimates, double marginPercent, double confidence)
    {
        int[] family = [.. Enumerable.Range(0, estimates.Count).Where(i => estimates[i].Interval is not null)];
        var inflation = Level / (1 - confidence);
        var pValues = family.Select(i => Math.Min(1, inflation * Verdicts.PValue(estimates[i].Logarithms, marginPercent))).ToArray();
        var adjusted = Holm.Adjust(pValues);
        var corrected = new ReportHolm?[estimates.Count];
        for (var i = 0; i < family.Length; i++)
        {
            corrected[family[i]] = new ReportHolm(
                pValues[i], adjusted[i], adjusted[i] <= Level,
                family.Length * inflation * SignedRank.LeastPValue(estimates[family[i]].Pairs) <= Level);
        }

        return corrected;
    }
}
