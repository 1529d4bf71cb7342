using VirtualBench.Statistics;

namespace VirtualBench.Reports;

/// <summary>Cost ratios block by block, and what they are together for several probes.</summary>
public static class BlockRatios
{
    /// <summary>
    /// Cost of <paramref name="result"/> against <paramref name="against"/> in each block that holds both, by block: 1.10 takes 10 %
    /// longer. Blocks with a figure that has no ratio (zero) are absent.
    /// </summary>
    public static IReadOnlyDictionary<int, double> Of(ReportResult result, ReportResult against)
    {
        var other = against.BootFigures.ToLookup(b => b.Block, b => b.Figure);
        var ratios = new SortedDictionary<int, double>();
        foreach (var boot in result.BootFigures)
        {
            foreach (var figure in other[boot.Block].Take(1))
            {
                var ratio = result.Direction == "higher" ? figure / boot.Figure : boot.Figure / figure;
                if (double.IsFinite(ratio) && ratio > 0)
                {
                    ratios[boot.Block] = ratio;
                }
            }
        }

        return ratios;
    }

    /// <summary>
    /// The geometric mean over several pairs of results. The block stays the unit of replication: each block gives one geometric mean, and
    /// only blocks that hold all pairs count, or a block without the dearest probe would look cheap.
    /// </summary>
    public static RatioEstimate GeometricMean(IReadOnlyList<(ReportResult Result, ReportResult Against)> pairs)
    {
        if (pairs.Count == 0)
        {
            return new RatioEstimate(null, null, 0, "there is nothing to compare");
        }

        var blocks = pairs.Select(p => Of(p.Result, p.Against)).ToList();
        var common = blocks[0].Keys.Where(block => blocks.TrueForAll(b => b.ContainsKey(block)));
        return PairedRatio.Estimate(
            [.. common.Select(block => new Pair(Math.Exp(blocks.Average(b => Math.Log(b[block]))), 1))], higherIsBetter: false);
    }

    /// <summary>The result that a ratio refers to; null without one.</summary>
    public static ReportResult? BaselineOf(this IReadOnlyList<ReportResult> results, ReportResult result) =>
        result.Baseline is { } target ? results.On(target, result) : null;

    /// <summary>The same probe and implementation on another target; null when it did not run there.</summary>
    public static ReportResult? On(this IReadOnlyList<ReportResult> results, string target, ReportResult like)
    {
        var label = ReportMatrix.Label(like);
        return results.FirstOrDefault(r =>
            r.Target == target && r.Implementation == like.Implementation && ReportMatrix.Label(r) == label);
    }
}
