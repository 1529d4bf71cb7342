namespace VirtualBench.Reports.Html;

/// <summary>Targets, the host, and what did not go as planned.</summary>
internal static class EnvironmentSections
{
    public static Markup Render(ReportDocument report) => Markup.Of($"""
        <section id="targets"><h2>Targets</h2>
        {HtmlTable.Of(
            ["target", "engine", "network", "arch", "acceleration", "version", "isolation", "usable"],
            [.. report.Targets.Select(Target)])}</section>
        <section id="host"><h2>Host</h2>
        {HtmlTable.Facts(HostFacts.Read(report.Host).Facts.Select(f => (f.Key, Markup.Of($"{f.Value}"))))}</section>
        {HtmlTable.Items("What is missing, and why", report.Results.Where(r => r.Reason is not null).Select(r =>
            $"{ReportMatrix.Label(r)} ({r.Implementation}) on {r.Target}: {r.Reason}"))}{HtmlTable.Items(
            "Failed attempts", report.Failures.Select(MarkdownReport.FailureLine))}{HtmlTable.Items("Not released", report.Leaks)}
        """);

    private static IReadOnlyList<HtmlCell> Target(ReportTarget target) =>
    [
        HtmlCell.Of(target.Id), HtmlCell.Of(target.Engine), HtmlCell.Of(target.Network ?? "none"), HtmlCell.Of(target.Arch),
        HtmlCell.Of(target.Acceleration), HtmlCell.Of(target.Version), HtmlCell.Of(target.Isolation),
        new HtmlCell(Markup.Of($"{(target.Usable ? "yes" : "no")}{Markup.If(target.Reason is not null, Markup.Of($": {target.Reason}"))}{
            Markup.If(!target.Usable && target.Remedy is not null, Markup.Of($"<small><code>{target.Remedy}</code></small>"))}")),
    ];
}
