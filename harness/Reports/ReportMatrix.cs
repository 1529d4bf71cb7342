using System.Globalization;

namespace VirtualBench.Reports;

/// <param name="Marks">What must not be overlooked when its figures are read: emulated, another architecture.</param>
public sealed record MatrixColumn(string Id, IReadOnlyList<string> Marks);

/// <summary>One probe on one target, in words and without markup.</summary>
/// <param name="Figure">With its unit; or the state, when there is no figure.</param>
/// <param name="Ratio">Cost ratio with its interval: <c>1.034 [1.021, 1.050]</c>; empty when there is none.</param>
/// <param name="Verdict">Empty when there is no figure.</param>
/// <param name="Note">How many boots gave the figure, when not all did.</param>
/// <param name="Result">What it is made of; null when the target was not asked.</param>
public sealed record MatrixCell(string Figure, string Ratio, string Verdict, string Note, ReportResult? Result)
{
    public static MatrixCell Empty { get; } = new("-", "", "", "", null);
}

/// <param name="Label">The probe with its parameters.</param>
/// <param name="Unit">With what is better: <c>GB/s, higher is better</c>.</param>
public sealed record MatrixRow(string Label, string Implementation, string Unit, IReadOnlyList<MatrixCell> Cells);

/// <summary>The table at the head of each report: probes down, targets across.</summary>
public sealed record ReportMatrix(IReadOnlyList<MatrixColumn> Columns, IReadOnlyList<MatrixRow> Rows)
{
    /// <summary>Says how to read a ratio; stands with every table.</summary>
    public static string Legend(ReportRun run) =>
        $"Ratios are of time (cost) against {Baseline(run)}: 1.10 takes 10 % longer for the same work. " +
        FormattableString.Invariant($"Brackets hold the 95 % interval; the verdict is against a margin of {run.MarginPercent} %.");

    // native+bridge is the baseline of what is in that network alone.
    private static string Baseline(ReportRun run) =>
        run.Baseline.Split('+') is [var name, _, ..] ? name + " in the same network or with its disk" : run.Baseline;

    public static ReportMatrix From(ReportDocument report)
    {
        var targets = report.Targets.Where(t => report.Results.Any(r => r.Target == t.Id)).ToList();
        var baselineArch = report.Targets.FirstOrDefault(t => t.Id == report.Run.Baseline)?.Arch;
        var columns = targets.Select(t => new MatrixColumn(t.Id, Marks(t, baselineArch)));
        var rows = report.Results.GroupBy(r => (Label: Label(r), r.Implementation)).Select(g => new MatrixRow(
            g.Key.Label,
            g.Key.Implementation,
            g.First().Unit + ", " + g.First().Direction + " is better",
            [.. targets.Select(t => g.FirstOrDefault(r => r.Target == t.Id) is { } result ? Cell(result) : MatrixCell.Empty)]));
        return new ReportMatrix([.. columns], [.. rows]);
    }

    /// <summary>The probe with its parameters, as the command line takes it.</summary>
    public static string Label(ReportResult result) =>
        result.Parameters.Count == 0 ? result.Probe : result.Probe + "{"
            + string.Join(',', result.Parameters.Select(p => p.Key + "=" + p.Value)) + "}";

    /// <summary><c>[1.021, 1.050]</c>, or nothing.</summary>
    public static string Interval(double[]? bounds, Func<double, string> format) =>
        bounds is [var low, var high] ? "[" + format(low) + ", " + format(high) + "]" : "";

    private static List<string> Marks(ReportTarget target, string? baselineArch)
    {
        var marks = new List<string>();
        if (target.Id != target.Engine && !target.Id.StartsWith(target.Engine + "+", StringComparison.Ordinal))
        {
            marks.Add(target.Engine);
        }

        if (target.Acceleration == "emulation")
        {
            marks.Add("emulated");
        }

        if (baselineArch is not null && target.Arch != baselineArch)
        {
            marks.Add(target.Arch);
        }

        return marks;
    }

    private static MatrixCell Cell(ReportResult result)
    {
        if (result.Median is not { } median)
        {
            return new MatrixCell(result.State == "not-run" ? "not run" : result.State, "", "", "", result);
        }

        var ratio = result.Verdict == "baseline" || result.Ratio is not { } value ? ""
            : (Text.Ratio(value) + " " + Interval(result.RatioCi95, Text.Ratio)).TrimEnd();
        var note = result.Boots == result.PlannedBoots ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{result.Boots} of {result.PlannedBoots} boots");
        return new MatrixCell(Text.Figure(median) + " " + result.Unit, ratio, result.Verdict, note, result);
    }
}
