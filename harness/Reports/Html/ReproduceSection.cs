using System.Globalization;

namespace VirtualBench.Reports.Html;

/// <summary>What it takes to do it again.</summary>
internal static class ReproduceSection
{
    public static Markup Render(ReportDocument report)
    {
        var architectures = report.Targets.ToDictionary(t => t.Id, t => t.Arch);
        var binaries = report.Results.Where(r => r.GuestBinary is not null)
            .Select(r => (Name: $"guest program, {r.Implementation}/{architectures[r.Target]}", r.GuestBinary)).Distinct();
        return Markup.Of($"""
            <section id="reproduce"><h2>How to reproduce</h2>
            <p>The same order of trials, on the same engines:</p>
            <pre><code>{report.Run.CommandLine}</code></pre>
            {HtmlTable.Facts(
            [
                ("seed", Markup.Of($"{report.Run.Seed.ToString(CultureInfo.InvariantCulture)}")),
                .. binaries.Select(b => (b.Name, Markup.Of($"<code>{b.GuestBinary}</code>"))),
                ("report format", Markup.Of($"{report.Schema}; report.json beside this file has every figure")),
            ])}</section>
            """);
    }
}
