namespace VirtualBench.Reports.Html;

/// <summary>What the run was, what it found, and what about the host speaks against it.</summary>
internal static class SummarySection
{
    public static Markup Render(ReportDocument report)
    {
        var warnings = HostFacts.Read(report.Host).Warnings;
        return Markup.Of($"""
            <header>
            <h1>What isolation costs<small>VirtualBench run {report.Run.Id}</small></h1>
            <p class="dim">{MarkdownReport.Summary(report.Run)} Each guest has {MarkdownReport.Allotment(report.Run)}.</p>
            {Markup.If(!report.Run.Finished, new Markup(
                "<p class=\"warning\">The run was interrupted: this is what there was by then.</p>"))}
            <ul class="findings">
            {Markup.Join(Findings.Of(report).Select(f => Markup.Of($"<li>{f}</li>\n")))}</ul>
            {Markup.Join(warnings.Select(w => Markup.Of($"<p class=\"warning\">{w}</p>\n")))}</header>

            """);
    }
}
