using Spectre.Console;

namespace VirtualBench.Reports.Comparison;

/// <summary>The comparison on a terminal.</summary>
public static class ComparisonText
{
    private static readonly string[] Verdicts = ["worse", "lost", "better", "equivalent", "inconclusive"];

    public static void Render(ComparisonDocument comparison, IAnsiConsole console)
    {
        var table = TerminalReport.NewTable(console, "probe", "target", "before", "after", "time ratio, 95 %", "verdict");
        table.Columns[2].RightAligned();
        table.Columns[3].RightAligned();
        foreach (var result in comparison.Results)
        {
            var verdict = result.Remark.Length == 0 ? result.Verdict : $"{result.Verdict} ({result.Remark})";
            table.AddRow(
                TerminalReport.Plain($"{result.Probe} {result.Implementation}"), TerminalReport.Plain(result.Target),
                TerminalReport.Plain(Figure(result.BeforeMedian, result.Unit)),
                TerminalReport.Plain(Figure(result.AfterMedian, result.Unit)), TerminalReport.Plain(result.RatioWords),
                TerminalReport.Judged(verdict, result.Verdict));
        }

        console.Write(table);
        console.WriteLine(Summary(comparison));
        console.WriteLine(comparison.Legend);
        foreach (var difference in comparison.Differences)
        {
            console.WriteLine("allowed: " + Protocol.Printable.Line(difference.ToString()));
        }

        foreach (var line in comparison.Unshared)
        {
            console.WriteLine(Protocol.Printable.Line(line));
        }
    }

    /// <summary>How many of each verdict, in one line without markup.</summary>
    public static string Summary(ComparisonDocument comparison) => "After against before: " + string.Join(", ",
        Verdicts.Select(v => (Verdict: v, Count: comparison.Results.Count(r => r.Verdict == v))).Where(v => v.Count > 0)
            .Select(v => FormattableString.Invariant($"{v.Count} {v.Verdict}"))) + ".";

    internal static string Figure(double? median, string unit) => median is { } value ? $"{Text.Figure(value)} {unit}" : "-";
}
