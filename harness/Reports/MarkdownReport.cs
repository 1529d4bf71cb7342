using System.Globalization;
using System.Text;

namespace VirtualBench.Reports;

/// <summary>report.md.</summary>
public static class MarkdownReport
{
    public static string Render(ReportDocument report)
    {
        var page = new StringBuilder();
        var run = report.Run;
        Line(page, $"# VirtualBench run {Text.Markdown(run.Id)}");
        Line(page, $"");
        Line(page, $"{Summary(run)}");
        if (!run.Finished)
        {
            Line(page, $"**The run was interrupted: this is what there was by then.**");
        }

        Line(page, $"");
        Line(page, $"    {run.CommandLine}");
        Line(page, $"");
        Matrix(page, report);
        List(page, "What was found", Findings.Of(report));
        List(page, "What to know of single figures", report.Results.Where(r => ResultRemarks.Marks(r).Length > 0).Select(r =>
            $"{ReportMatrix.Label(r)} ({r.Implementation}) on {r.Target}: {string.Join("; ", ResultRemarks.OfStatistics(r))}"));
        List(page, "Claims", report.Claims.Select(c => $"{c.Id}, {c.Statement}: {ClaimWords(c)}"));
        Starts(page, report);
        Targets(page, report);
        Host(page, report);
        List(page, "What is missing, and why", report.Results.Where(r => r.Reason is not null).Select(r =>
            $"{ReportMatrix.Label(r)} ({r.Implementation}) on {r.Target}: {r.Reason}"));
        List(page, "Failed attempts", report.Failures.Select(FailureLine));
        List(page, "Not released", report.Leaks);
        return page.ToString();
    }

    /// <summary>One failed attempt in one line.</summary>
    public static string FailureLine(ReportFailure failure)
    {
        var probe = failure.Probe is null ? "" : ", " + failure.Probe;
        return string.Create(CultureInfo.InvariantCulture,
            $"block {failure.Block}, {failure.Target} ({failure.Implementation}), attempt {failure.Attempt}{probe}: {failure.Reason}");
    }

    /// <summary>What became of a claim, and why; no markup.</summary>
    public static string ClaimWords(ReportClaim claim) =>
        $"{(claim.Outcome == "not-testable" ? "not testable here" : claim.Outcome)}: {claim.Reason}";

    /// <summary>When the run was and how large; no markup.</summary>
    public static string Summary(ReportRun run) =>
        string.Create(CultureInfo.InvariantCulture, $"Started {run.StartedUtc:yyyy-MM-dd HH:mm:ss} UTC, took {run.WallSeconds:F0} s, ") +
        string.Create(CultureInfo.InvariantCulture, $"{run.Boots} boots of each target in random order, seed {run.Seed}.");

    /// <summary>What each guest had of the host; no markup.</summary>
    public static string Allotment(ReportRun run)
    {
        var cpus = run.HostCpus.Count switch
        {
            0 => "any of the host's",
            1 => $"host CPU {run.HostCpus[0]}",
            _ => "host CPUs " + string.Join(", ", run.HostCpus),
        };
        var own = run.VirtualCpus == 1 ? "1 CPU" : $"{run.VirtualCpus} CPUs";
        return string.Create(CultureInfo.InvariantCulture, $"{own}, {run.MemoryBytes >> 20} MiB, {cpus}");
    }

    private static void Matrix(StringBuilder page, ReportDocument report)
    {
        var matrix = ReportMatrix.From(report);
        if (matrix.Rows.Count == 0)
        {
            Line(page, $"Nothing was measured.");
            Line(page, $"");
            return;
        }

        Line(page, $"| probe | | {string.Join(" | ", matrix.Columns.Select(Heading))} |");
        Line(page, $"|---|---|{string.Concat(Enumerable.Repeat("---:|", matrix.Columns.Count))}");
        foreach (var row in matrix.Rows)
        {
            var cells = string.Join(" | ", row.Cells.Select(Cell));
            Line(page, $"| {Text.Markdown(row.Label)} | {Text.Markdown(row.Implementation)} | {cells} |");
        }

        Line(page, $"");
        Line(page, $"{Text.Markdown(ReportMatrix.Legend(report.Run))}");
        Line(page, $"");
    }

    private static string Heading(MatrixColumn column) =>
        Text.Markdown(column.Marks.Count == 0 ? column.Id : column.Id + " (" + string.Join(", ", column.Marks) + ")");

    private static string Cell(MatrixCell cell) => string.Join("<br>",
        new[] { cell.Figure, cell.Ratio, cell.Verdict, cell.Note }.Where(t => t.Length > 0).Select(Text.Markdown));

    private static void Starts(StringBuilder page, ReportDocument report)
    {
        if (report.Starts.Count == 0)
        {
            return;
        }

        Line(page, $"## Starts by phase");
        Line(page, $"");
        Line(page, $"| {string.Join(" | ", StartPhases.Titles)} |");
        Line(page, $"|---|---|{string.Concat(Enumerable.Repeat("---:|", StartPhases.Titles.Count - 2))}");
        foreach (var start in report.Starts)
        {
            Line(page, $"| {string.Join(" | ", StartPhases.Fields(start).Select(Text.Markdown))} |");
        }

        Line(page, $"");
        Line(page, $"{StartPhases.Legend}");
        Line(page, $"");
    }

    private static void Targets(StringBuilder page, ReportDocument report)
    {
        Line(page, $"## Targets");
        Line(page, $"");
        Line(page, $"| target | engine | arch | acceleration | version | isolation | usable |");
        Line(page, $"|---|---|---|---|---|---|---|");
        foreach (var target in report.Targets)
        {
            var usable = (target.Usable ? "yes" : "no") + (target.Reason is null ? "" : ": " + target.Reason)
                + (target.Usable || target.Remedy is null ? "" : " (" + target.Remedy + ")");
            string[] fields = [target.Id, target.Engine, target.Arch, target.Acceleration, target.Version ?? "", target.Isolation, usable];
            Line(page, $"| {string.Join(" | ", fields.Select(Text.Markdown))} |");
        }

        Line(page, $"");
    }

    private static void Host(StringBuilder page, ReportDocument report)
    {
        var host = HostFacts.Read(report.Host);
        List(page, "Warnings about the host", host.Warnings);
        Line(page, $"## Host");
        Line(page, $"");
        Line(page, $"| | |");
        Line(page, $"|---|---|");
        Line(page, $"| an instance gets | {Allotment(report.Run)} |");
        foreach (var (name, value) in host.Facts)
        {
            Line(page, $"| {Text.Markdown(name)} | {Text.Markdown(value)} |");
        }

        Line(page, $"");
    }

    private static void List(StringBuilder page, string title, IEnumerable<string> items)
    {
        var lines = items.ToList();
        if (lines.Count == 0)
        {
            return;
        }

        Line(page, $"## {title}");
        Line(page, $"");
        foreach (var line in lines)
        {
            Line(page, $"- {Text.Markdown(line)}");
        }

        Line(page, $"");
    }

    // Not AppendLine: the file is the same on every system.
    private static void Line(StringBuilder page, FormattableString text) =>
        page.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
