using VirtualBench.Statistics;

namespace VirtualBench.Reports;

/// <summary>Each comparison of a run in view of all others.</summary>
internal static class FamilyCorrection
{
    /// <summary>The probability that any comparison of a run is called different when none is.</summary>
    private const double Level = 0.05;

    /// <summary>One for each estimate; null for those without an interval, which are no comparisons.</summary>
    public static IReadOnlyList<ReportHolm?> Over(IReadOnlyList<RatioEstimate> estimates, double marginPercent)
    {
        int[] family = [.. Enumerable.Range(0, estimates.Count).Where(i => estimates[i].Interval is not null)];
        var pValues = family.Select(i => Verdicts.PValue(estimates[i].Logarithms, marginPercent)).ToArray();
        var adjusted = Holm.Adjust(pValues);
        var corrected = new ReportHolm?[estimates.Count];
        for (var i = 0; i < family.Length; i++)
        {
            corrected[family[i]] = new ReportHolm(
                pValues[i], adjusted[i], adjusted[i] <= Level,
                family.Length * SignedRank.LeastPValue(estimates[family[i]].Pairs) <= Level);
        }

        return corrected;
    }
}
