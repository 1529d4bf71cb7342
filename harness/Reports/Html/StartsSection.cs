using VirtualBench.Reports.Charts;

namespace VirtualBench.Reports.Html;

/// <summary>How starts went, in phases. Emulated machines have an axis of their own, or all others would vanish beside them.</summary>
internal static class StartsSection
{
    public static Markup Render(ReportDocument report)
    {
        var implementations = report.Starts.Select(s => s.Implementation).Distinct().Count();
        var rows = report.Starts.Where(s => s.MainMs is not null).Select(s =>
            (Name: implementations > 1 ? $"{s.Target} {s.Implementation}" : s.Target, Start: s,
             Emulated: report.Targets.Any(t => t.Id == s.Target && t.Acceleration == "emulation"))).ToList();
        return Markup.If(report.Starts.Count > 0, Markup.Of($"""
            <section id="starts"><h2>Starts by phase</h2>
            <div class="charts">{
            Chart("From the request to the first line of the guest program's main", rows.Where(r => !r.Emulated).Select(r => (r.Name, r.Start)))}{
            Chart("The same of emulated machines", rows.Where(r => r.Emulated).Select(r => (r.Name, r.Start)))}</div>
            <details><summary>Figures</summary>{HtmlTable.Of(StartPhases.Titles, [.. report.Starts.Select(Row)])}</details>
            <p class="dim">{StartPhases.Legend}</p></section>

            """));
    }

    private static Markup Chart(string caption, IEnumerable<(string Name, ReportStart Start)> rows) =>
        rows.ToList() is { Count: > 0 } some ? StartChart.Draw(caption, some) : Markup.Empty;

    private static IReadOnlyList<HtmlCell> Row(ReportStart start)
    {
        double?[] sort = [null, null, start.Starts, start.AcceptedMs, start.StartedMs, start.FirstByteMs, start.MainMs, start.ExitMs];
        return [.. StartPhases.Fields(start).Select((f, i) => new HtmlCell(Markup.Of($"{f}"), Number: i > 1, sort[i]))];
    }
}
