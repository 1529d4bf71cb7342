using System.Globalization;
using Spectre.Console;

namespace VirtualBench.Reports;

/// <summary>The matrix on a terminal: a row for each probe and target, so that it fits into eighty columns however many targets there
/// are.</summary>
public static class TerminalReport
{
    // The table without them fits into eighty columns.
    private const int NarrowestWithBars = 110;

    /// <summary>
    /// A console for <paramref name="output"/>. Without a terminal, or with NO_COLOR set, nothing but plain text goes out, unwrapped, so
    /// that scripts can read it.
    /// </summary>
    public static IAnsiConsole ConsoleFor(TextWriter output, bool isTerminal)
    {
        var plain = !isTerminal || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!isTerminal)
        {
            console.Profile.Width = 240;
            console.Profile.Capabilities.Unicode = false;
        }

        return console;
    }

    public static void Render(ReportDocument report, IAnsiConsole console)
    {
        var matrix = ReportMatrix.From(report);
        if (matrix.Rows.Count == 0)
        {
            console.WriteLine("Nothing was measured.");
            return;
        }

        var bars = console.Profile.Width >= NarrowestWithBars;
        var table = NewTable(console, [
            "probe", "target", "figure", "time ratio, 95 %", .. bars ? ["on a log scale"] : Array.Empty<string>(), "verdict"]);
        var twoImplementations = matrix.Rows.Select(r => r.Implementation).Distinct().Count() > 1;
        table.Columns[2].RightAligned();
        foreach (var row in matrix.Rows)
        {
            var bar = new IntervalBar([.. row.Cells.Select(c => c.Result).OfType<ReportResult>()], console.Profile.Capabilities.Unicode);
            var label = row.Label + (twoImplementations ? " " + row.Implementation : "");
            foreach (var (cell, column) in row.Cells.Zip(matrix.Columns).Where(c => c.First != MatrixCell.Empty))
            {
                var target = column.Id + (column.Marks.Count == 0 ? "" : " (" + string.Join(", ", column.Marks) + ")");
                var note = cell.Note.Length == 0 ? "" : " (" + cell.Note + ")";
                table.AddRow([
                    Plain(label), Plain(target), Plain(cell.Figure + note), Plain(cell.Ratio),
                    .. bars ? [new Spectre.Console.Text(bar.Draw(cell.Result!))] : Array.Empty<Spectre.Console.Text>(),
                    Judged(cell.Verdict, cell.Verdict)]);
                label = "";
            }

            table.AddEmptyRow();
        }

        console.Write(table);
        console.WriteLine(ReportMatrix.Legend(report.Run));
        foreach (var finding in Findings.Of(report))
        {
            console.WriteLine(finding);
        }

        foreach (var claim in report.Claims.Where(c => c.Outcome != "not-testable"))
        {
            console.WriteLine(Protocol.Printable.Line($"claim {claim.Id}, {claim.Statement}: {MarkdownReport.ClaimWords(claim)}", 600));
        }

        if (report.Results.Any(r => r.Probe.StartsWith("life.", StringComparison.Ordinal)))
        {
            Starts(report, console);
        }

        Explain(report, console);
    }

    private static void Starts(ReportDocument report, IAnsiConsole console)
    {
        var table = NewTable(console, [.. StartPhases.Titles]);
        foreach (var start in report.Starts)
        {
            table.AddRow(StartPhases.Fields(start).Select(Plain));
        }

        foreach (var column in table.Columns.Skip(2))
        {
            column.RightAligned();
        }

        console.Write(table);
        console.WriteLine(StartPhases.Legend);
    }

    internal static Table NewTable(IAnsiConsole console, params string[] titles) =>
        new Table { Border = console.Profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii }.AddColumns(titles);

    // Never Markup: what a guest printed would be read as one.
    internal static Spectre.Console.Text Plain(string text) => new(Protocol.Printable.Line(text));

    /// <summary>In the colour of the verdict.</summary>
    internal static Spectre.Console.Text Judged(string text, string verdict) => new(Protocol.Printable.Line(text), verdict switch
    {
        "worse" or "lost" => new Style(Color.Red),
        "better" => new Style(Color.Green),
        "inconclusive" => new Style(Color.Yellow),
        _ => Style.Plain,
    });

    private static void Explain(ReportDocument report, IAnsiConsole console)
    {
        foreach (var warning in HostFacts.Read(report.Host).Warnings)
        {
            console.WriteLine("warning: " + Protocol.Printable.Line(warning));
        }

        foreach (var target in report.Targets.Where(t => !t.Usable))
        {
            console.WriteLine($"{target.Id}: not usable: {target.Reason}");
        }

        foreach (var result in report.Results.Where(r => r.Median is null))
        {
            var label = ReportMatrix.Label(result);
            console.WriteLine($"{label} ({result.Implementation}) on {result.Target}: {result.State}: {result.Reason}");
        }

        if (report.Failures.Count > 0)
        {
            var last = MarkdownReport.FailureLine(report.Failures[^1]);
            console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"failed attempts: {report.Failures.Count}, listed in {ReportFiles.Markdown}; the last: {last}"));
        }
    }
}
