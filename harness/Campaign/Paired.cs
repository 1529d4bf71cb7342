using VirtualBench.Statistics;

namespace VirtualBench.Campaign;

/// <summary>Two cells of one probe and implementation, paired by the blocks that hold figures of both.</summary>
internal static class Paired
{
    /// <summary>The blocks, ascending: in the order of <see cref="RatioEstimate.Logarithms"/>.</summary>
    public static IReadOnlyList<int> Blocks(Cell cell, Cell baseline) =>
        [.. cell.Boots.Select(b => b.Block).Intersect(baseline.Boots.Select(b => b.Block))];

    /// <param name="confidence">The nominal level of the interval.</param>
    public static RatioEstimate Ratio(Cell cell, Cell baseline, double confidence = 0.95)
    {
        var figures = baseline.Boots.ToDictionary(b => b.Block, b => b.Value);
        var pairs = cell.Boots.Where(b => figures.ContainsKey(b.Block)).Select(b => new Pair(b.Value, figures[b.Block])).ToArray();
        return PairedRatio.Estimate(pairs, cell.Figure.HigherIsBetter, confidence);
    }
}
