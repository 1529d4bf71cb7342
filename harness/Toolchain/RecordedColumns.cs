using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Running;
using VirtualBench.Campaign;
using VirtualBench.Reports;
using VirtualBench.Statistics;

namespace VirtualBench.Toolchain;

/// <summary>
/// What BenchmarkDotNet's tables of a recording say besides probe and parameters. The ratio is the one of our own reports, from pairs
/// within blocks: BenchmarkDotNet's own divides each iteration by each of the baseline's, which pairs boots that had nothing to do with
/// each other, and takes minutes over some thousands of iterations.
/// </summary>
internal sealed class RecordedColumns(Samples samples, ReplayExecutor executor)
{
    private const string None = "NA";

    private readonly Dictionary<string, SampledTarget> _targets = samples.Targets.ToDictionary(t => t.Id);

    // Records are compared by what they hold, of which a cell has much: by reference they are the same cell.
    private readonly Dictionary<Cell, RatioEstimate> _ratios = new(
        ComparedCell.Of(samples, allowOtherBinary: false).Select(c => KeyValuePair.Create(c.Cell, c.Estimate)),
        ReferenceEqualityComparer.Instance);

    public IColumn[] All() =>
    [
        Column("Target", "Where the probe ran", ColumnCategory.Job, 0, false, cell => Name(_targets[cell.TargetId])),
        StatisticColumn.Mean,
        StatisticColumn.Error,
        StatisticColumn.StdDev,
        StatisticColumn.Median,
        Column("Ratio", "Cost against the baseline, from pairs within the blocks", ColumnCategory.Baseline, 0, true,
            cell => _ratios[cell].Value is { } value ? Text.Ratio(value) : None),
        Column("Ratio interval", "What holds the ratio with the confidence of the run's reports", ColumnCategory.Baseline, 1, true,
            cell => _ratios[cell].Interval is { } interval ? $"{Text.Ratio(interval.Low)}-{Text.Ratio(interval.High)}" : None),
        Column("Figure", "Median over boots of the probe's own figure", ColumnCategory.Custom, 0, true, Figure),
        Column("Boots", "Boots that gave a figure, of those planned", ColumnCategory.Custom, 1, true,
            cell => string.Create(CultureInfo.InvariantCulture, $"{cell.Boots.Count}/{cell.PlannedBoots}")),
    ];

    private CellColumn Column(
        string name, string legend, ColumnCategory category, int priority, bool isNumeric, Func<Cell, string> value) =>
        new(name, legend, category, priority, isNumeric, (BenchmarkCase benchmark) => value(executor.CellOf(benchmark)));

    private static string Name(SampledTarget target) => target.Acceleration == "emulation" ? target.Id + " (emulated)" : target.Id;

    private static string Figure(Cell cell) =>
        cell.Boots.Count == 0 ? None : Text.Figure(BootMedian.Of(cell.Boots.Select(b => b.Value))) + " " + cell.Figure.Unit;
}
