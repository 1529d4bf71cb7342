using VirtualBench.Campaign;
using VirtualBench.Statistics;

namespace VirtualBench.Reports;

/// <summary>What a reader should know of a cell's figures before trusting their median: humps, values apart, drift.</summary>
internal static class FigureChecks
{
    /// <summary>A test finds a movement at this level: a run makes many such tests, of which 5 % would err too often to be read.</summary>
    private const double Level = 0.01;

    public static ReportModes? Modes(Cell cell) => cell.Boots.Count == 0 ? null
        : new ReportModes(
            Modality.Find([.. cell.Boots.Select(b => b.Value)]),
            Modality.Find(
                [.. cell.Boots.Where(b => b.Section is not null).SelectMany(b => SectionFigure.OfIterations(b.Section!, cell.Figure))]));

    public static IReadOnlyList<ReportOutlier>? Outliers(Cell cell)
    {
        if (cell.Boots.Count == 0)
        {
            return null;
        }

        var median = BootMedian.Of(cell.Boots.Select(b => b.Value));
        return
        [
            .. Statistics.Outliers.Find([.. cell.Boots.Select(b => b.Value)]).Select(i => cell.Boots[i])
                .Select(b => new ReportOutlier(b.Block, b.Value, b.Value > median ? "high" : "low")),
        ];
    }

    public static ReportDrift? Drift(Cell cell) => Drift(
        [.. cell.Boots.Select(b => b.Block)], [.. cell.Boots.Select(b => b.Value)], (before, after) => ((after / before) - 1) * 100);

    public static ReportDrift? RatioDrift(Cell cell, Cell baseline, RatioEstimate estimate) =>
        Drift(Paired.Blocks(cell, baseline), estimate.Logarithms, (before, after) => PercentOf(after - before));

    /// <summary>A difference of logarithms as a percentage.</summary>
    public static double PercentOf(double logarithm) => (Math.Exp(logarithm) - 1) * 100;

    /// <param name="blocks">Blocks, ascending.</param>
    /// <param name="values">What each gave; a trend is one of these.</param>
    /// <param name="changeOf">The change, %, from one level of the values to another.</param>
    private static ReportDrift? Drift(
        IReadOnlyList<int> blocks, IReadOnlyList<double> values, Func<double, double, double> changeOf)
    {
        if (values.Count < SignedRank.FewestPairs || values.Any(v => !double.IsFinite(v)))
        {
            return null;
        }

        var trend = MannKendall.Test(values);
        var change = Pettitt.Test(values);
        var changed = change.PValue <= Level;
        return new ReportDrift(
            trend.PValue > Level ? "none" : trend.Score > 0 ? "up" : "down",
            trend.PValue,
            changed ? blocks[change.First] : null,
            change.PValue,
            changed ? changeOf(BootMedian.Of(values.Take(change.First)), BootMedian.Of(values.Skip(change.First))) : null);
    }
}
