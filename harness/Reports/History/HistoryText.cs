using System.Globalization;
using System.Text;
using Spectre.Console;

namespace VirtualBench.Reports.History;

/// <summary>A history on a terminal and as Markdown: a line for each series.</summary>
public static class HistoryText
{
    private const string Blocks = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
    private const string Digits = "12345678";

    private static readonly string[] Titles = ["probe", "target", "runs", "oldest", "newest", "course", "changes"];

    public static void Render(HistoryDocument history, IAnsiConsole console)
    {
        var table = TerminalReport.NewTable(console, Titles);
        foreach (var series in history.Series)
        {
            // The course is ours; all else may have come from a file.
            var fields = Fields(history, series, console.Profile.Capabilities.Unicode ? Blocks : Digits);
            table.AddRow(fields.Select((f, i) => i == 5 ? new Spectre.Console.Text(f) : TerminalReport.Plain(f)));
        }

        console.Write(table);
        foreach (var line in Notes(history))
        {
            console.WriteLine(Protocol.Printable.Line(line, 600));
        }
    }

    public static string Markdown(HistoryDocument history)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"### VirtualBench: {history.Runs.Count} runs\n\n");
        page.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Titles)} |\n|---|---|---:|---:|---:|---|---|\n");
        foreach (var series in history.Series)
        {
            var fields = Fields(history, series, Blocks).Select((f, i) => i == 5 ? f : Text.Markdown(f));
            page.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", fields)} |\n");
        }

        page.Append('\n');
        foreach (var line in Notes(history))
        {
            page.Append(CultureInfo.InvariantCulture, $"- {Text.Markdown(line)}\n");
        }

        return page.ToString();
    }

    private static string[] Fields(HistoryDocument history, HistorySeries series, string marks)
    {
        var known = series.Points.OfType<HistoryPoint>().ToList();
        return
        [
            $"{series.Probe} ({series.Implementation})", series.Target, known.Count.ToString(CultureInfo.InvariantCulture),
            Figure(known[0], series.Unit), Figure(known[^1], series.Unit), Course(series.Points, marks),
            series.Changes.Count == 0 ? known.Count < 2 * Statistics.ChangePoints.FewestOnASide ? "too few runs to tell" : "none"
                : string.Join("; ", series.Changes.Select(c =>
                    $"{c.Verdict} from {Date(history, c.Run)}: {Text.Ratio(c.Ratio ?? double.NaN)} "
                    + ReportMatrix.Interval(c.RatioCi95, Text.Ratio)).Select(c => c.TrimEnd())),
        ];
    }

    /// <summary>The medians as marks from low to high; a blank where a run has none.</summary>
    internal static string Course(IReadOnlyList<HistoryPoint?> points, string marks)
    {
        var known = points.OfType<HistoryPoint>().Select(p => p.Median).ToList();
        var (least, greatest) = (known.Min(), known.Max());
        return string.Concat(points.Select(p => p is null ? ' '
            : greatest <= least ? marks[marks.Length / 2]
            : marks[Math.Clamp((int)((p.Median - least) / (greatest - least) * marks.Length), 0, marks.Length - 1)]));
    }

    private static IEnumerable<string> Notes(HistoryDocument history)
    {
        yield return "Changes of level by ED-PELT over the runs' medians; ratios are of time (cost), after over before, with a 95 % "
            + FormattableString.Invariant($"interval over runs where there are four on each side, against a margin of {history.MarginPercent} %.");
        yield return "The course runs from the lowest median of a line to its highest, whatever the distance between them.";
        foreach (var run in history.Runs)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{run.StartedUtc:yyyy-MM-dd HH:mm} {run.Id}: {run.Source}");
        }

        foreach (var difference in history.Differences)
        {
            yield return "allowed: " + difference;
        }
    }

    private static string Date(HistoryDocument history, string run) => string.Create(
        CultureInfo.InvariantCulture, $"{history.Runs.First(r => r.Id == run).StartedUtc:yyyy-MM-dd HH:mm}");

    private static string Figure(HistoryPoint point, string unit) => $"{Text.Figure(point.Median)} {unit}";
}
