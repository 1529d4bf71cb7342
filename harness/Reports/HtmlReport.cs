using System.Globalization;
using System.Text;

namespace VirtualBench.Reports;

/// <summary>report.html: one file, no script, nothing fetched; readable on paper and in the dark.</summary>
public static class HtmlReport
{
    private const string Style = """
        :root {
          color-scheme: light dark;
          --line: #c8ccd0; --soft: #f3f5f7; --dim: #5c6670; --worse: #b3261e; --better: #1b6e3c; --open: #8a5a00;
        }
        @media (prefers-color-scheme: dark) {
          :root { --line: #3c434a; --soft: #23282d; --dim: #9aa5af; --worse: #ff8a80; --better: #7fd69b; --open: #e6b455; }
        }
        body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: min(96vw, 110rem); padding: 0 1rem; }
        h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
        thead th { background: var(--soft); }
        td.n { text-align: right; white-space: nowrap; }
        td.n > span { display: block; }
        small, .dim { color: var(--dim); display: block; font-weight: normal; }
        .worse { color: var(--worse); } .better { color: var(--better); } .inconclusive { color: var(--open); }
        .mark { border: 1px solid var(--open); border-radius: .3rem; color: var(--open); font-size: .8em; padding: 0 .3rem; }
        code { overflow-wrap: anywhere; }
        @media print {
          body { margin: 0; max-width: none; font-size: 10px; }
          .wide { overflow: visible; }
          tr { page-break-inside: avoid; }
        }
        """;

    public static string Render(ReportDocument report)
    {
        var page = new StringBuilder();
        var run = report.Run;
        Line(page, $"<!doctype html>");
        Line(page, $"<html lang=\"en\">");
        Line(page, $"<head>");
        Line(page, $"<meta charset=\"utf-8\">");
        Line(page, $"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");

        // Nothing on the page may load or run anything, even if an escape were ever missed.
        Line(page, $"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
        Line(page, $"<title>VirtualBench {Text.Html(run.Id)}</title>");
        page.Append("<style>\n").Append(Style).Append("\n</style>\n</head>\n<body>\n");
        Line(page, $"<h1>VirtualBench run {Text.Html(run.Id)}</h1>");
        Line(page, $"<p>{Text.Html(MarkdownReport.Summary(run))}</p>");
        if (!run.Finished)
        {
            Line(page, $"<p><strong>The run was interrupted: this is what there was by then.</strong></p>");
        }

        Line(page, $"<p><code>{Text.Html(run.CommandLine)}</code></p>");
        Items(page, "Warnings about the host", HostFacts.Read(report.Host).Warnings);
        Matrix(page, report);
        foreach (var probe in report.Results.GroupBy(r => (Label: ReportMatrix.Label(r), r.Implementation)))
        {
            Probe(page, report, $"{probe.Key.Label} ({probe.Key.Implementation})", [.. probe]);
        }

        Starts(page, report);
        Targets(page, report);
        Host(page, report);
        Items(page, "Failed attempts", report.Failures.Select(MarkdownReport.FailureLine));
        Items(page, "Not released", report.Leaks);
        page.Append("</body>\n</html>\n");
        return page.ToString();
    }

    private static void Matrix(StringBuilder page, ReportDocument report)
    {
        var matrix = ReportMatrix.From(report);
        if (matrix.Rows.Count == 0)
        {
            Line(page, $"<p>Nothing was measured.</p>");
            return;
        }

        Head(page, matrix.Columns.Select(c => Text.Html(c.Id) + Marks(c.Marks)).Prepend("probe"));
        foreach (var row in matrix.Rows)
        {
            Line(page, $"<tr><th>{Text.Html(row.Label)}<small>{Text.Html(row.Implementation)}; {Text.Html(row.Unit)}</small></th>");
            Line(page, $"{string.Concat(row.Cells.Select(Cell))}</tr>");
        }

        Line(page, $"</tbody></table></div>");
        Line(page, $"<p class=\"dim\">{Text.Html(ReportMatrix.Legend(report.Run))}</p>");
    }

    private static string Cell(MatrixCell cell) =>
        $"<td class=\"n\">{Text.Html(cell.Figure)}"
        + (cell.Ratio.Length == 0 ? "" : $"<small>{Text.Html(cell.Ratio)}</small>")
        + (cell.Verdict.Length == 0 ? "" : $"<span class=\"{Text.Html(cell.Verdict)}\">{Text.Html(cell.Verdict)}</span>")
        + (cell.Note.Length == 0 ? "" : $"<small>{Text.Html(cell.Note)}</small>")
        + "</td>";

    private static string Marks(IReadOnlyList<string> marks) =>
        string.Concat(marks.Select(m => $" <span class=\"mark\">{Text.Html(m)}</span>"));

    private static void Probe(StringBuilder page, ReportDocument report, string title, IReadOnlyList<ReportResult> results)
    {
        Line(page, $"<h2>{Text.Html(title)}</h2>");
        var unit = Text.Html(results[0].Unit);
        Head(page, ["target", "median, " + unit, "95 %", "time ratio", "95 %", "verdict", "boots", "iterations", "remarks"]);
        foreach (var result in results)
        {
            var emulated = report.Targets.Any(t => t.Id == result.Target && t.Acceleration == "emulation");
            string[] remarks =
            [
                emulated ? "emulated" : "",
                result.Comparison switch
                {
                    "other-architecture" => "compared across architectures",
                    "other-binary" => "compared with another guest binary",
                    _ => "",
                },
                result.FailedAttempts == 0 ? ""
                    : FormattableString.Invariant($"{result.FailedAttempts} of {result.Attempts} attempts failed"),
                result.Reason ?? "",
            ];
            string[] fields =
            [
                result.Median is { } median ? Text.Figure(median) : result.State,
                ReportMatrix.Interval(result.Ci95, Text.Figure),
                result.Ratio is { } ratio ? Text.Ratio(ratio) : "",
                ReportMatrix.Interval(result.RatioCi95, Text.Ratio),
                result.Median is null ? "" : result.Verdict,
                FormattableString.Invariant($"{result.Boots} of {result.PlannedBoots}"),
                result.Iterations.ToString(CultureInfo.InvariantCulture),
            ];
            var cells = string.Concat(fields.Select(f => $"<td class=\"n\">{Text.Html(f)}</td>"));
            var remark = Text.Html(string.Join("; ", remarks.Where(r => r.Length > 0)));
            Line(page, $"<tr><td>{Text.Html(result.Target)}</td>{cells}<td>{remark}</td></tr>");
        }

        Line(page, $"</tbody></table></div>");
    }

    private static void Starts(StringBuilder page, ReportDocument report)
    {
        if (report.Starts.Count == 0)
        {
            return;
        }

        Line(page, $"<h2>Starts by phase</h2>");
        Head(page, StartPhases.Titles);
        foreach (var start in report.Starts)
        {
            var cells = StartPhases.Fields(start).Select(
                (field, i) => i < 2 ? $"<td>{Text.Html(field)}</td>" : $"<td class=\"n\">{Text.Html(field)}</td>");
            Line(page, $"<tr>{string.Concat(cells)}</tr>");
        }

        Line(page, $"</tbody></table></div>");
        Line(page, $"<p class=\"dim\">{StartPhases.Legend}</p>");
    }

    private static void Targets(StringBuilder page, ReportDocument report)
    {
        Line(page, $"<h2>Targets</h2>");
        Head(page, ["target", "engine", "arch", "acceleration", "version", "isolation", "usable"]);
        foreach (var target in report.Targets)
        {
            var usable = (target.Usable ? "yes" : "no") + (target.Reason is null ? "" : ": " + target.Reason);
            var remedy = target.Usable || target.Remedy is null ? "" : $"<small><code>{Text.Html(target.Remedy)}</code></small>";
            string[] fields = [target.Id, target.Engine, target.Arch, target.Acceleration, target.Version ?? "", target.Isolation];
            var cells = string.Concat(fields.Select(f => $"<td>{Text.Html(f)}</td>"));
            Line(page, $"<tr>{cells}<td>{Text.Html(usable)}{remedy}</td></tr>");
        }

        Line(page, $"</tbody></table></div>");
    }

    private static void Host(StringBuilder page, ReportDocument report)
    {
        Line(page, $"<h2>Host</h2>");
        Line(page, $"<div class=\"wide\"><table><tbody>");
        foreach (var (name, value) in HostFacts.Read(report.Host).Facts)
        {
            Line(page, $"<tr><th>{Text.Html(name)}</th><td>{Text.Html(value)}</td></tr>");
        }

        Line(page, $"<tr><th>an instance gets</th><td>{Text.Html(MarkdownReport.Allotment(report.Run))}</td></tr>");
        Line(page, $"</tbody></table></div>");
    }

    private static void Items(StringBuilder page, string title, IEnumerable<string> items)
    {
        var lines = items.ToList();
        if (lines.Count > 0)
        {
            Line(page, $"<h2>{title}</h2>");
            Line(page, $"<ul>{string.Concat(lines.Select(l => $"<li>{Text.Html(l)}</li>"))}</ul>");
        }
    }

    private static void Line(StringBuilder page, FormattableString text) =>
        page.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static void Head(StringBuilder page, IEnumerable<string> titles)
    {
        Line(page, $"<div class=\"wide\"><table>");
        Line(page, $"<thead><tr>{string.Concat(titles.Select(t => $"<th>{t}</th>"))}</tr></thead>");
        Line(page, $"<tbody>");
    }
}
