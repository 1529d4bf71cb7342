using System.Globalization;
using VirtualBench.Reports.Charts;

namespace VirtualBench.Reports.Html;

/// <summary>Each probe with its ratios drawn and its figures listed. What is emulated is drawn apart, on an axis of its own.</summary>
internal static class ProbeSections
{
    public static Markup Render(ReportDocument report)
    {
        var probes = report.Results.GroupBy(r => (Label: ReportMatrix.Label(r), r.Implementation)).ToList();
        return Markup.If(probes.Count > 0, Markup.Of($"""
            <section id="probes"><h2>Probes</h2>
            <p class="dim">Diamonds are estimates, lines their 95 % intervals, dots the ratio within each block; the band is the margin of {
                report.Run.MarginPercent.ToString(CultureInfo.InvariantCulture)} %. Detectable is the least true difference that such boots tell
            from none in 80 of 100 runs.</p>
            {Markup.Join(probes.Select((p, i) => Probe(report, p.Key.Label, p.Key.Implementation, i, [.. p])))}</section>

            """));
    }

    private static Markup Probe(ReportDocument report, string label, string implementation, int index, IReadOnlyList<ReportResult> results)
    {
        var emulated = report.Targets.Where(t => t.Acceleration == "emulation").Select(t => t.Id).ToHashSet();
        var compared = results.Where(r => r.Ratio is not null && r.Verdict != "baseline").ToList();
        return Markup.Of($"""
            <section class="probe" id="probe{index}"><h3>{label} <small>{implementation}; {results[0].Unit}, {
                results[0].Direction} is better</small></h3>
            <div class="charts">{Chart(report, results, [.. compared.Where(r => !emulated.Contains(r.Target))],
                $"{label}: cost against {Baselines(compared)}")}{
            Chart(report, results, [.. compared.Where(r => emulated.Contains(r.Target))],
                $"{label}, emulated targets: no measure of hardware virtualisation")}</div>{Figures(results, emulated)}</section>

            """);
    }

    // In each network a target has a baseline of its own.
    private static string Baselines(IReadOnlyList<ReportResult> compared) =>
        compared.Select(r => r.Baseline).Distinct().ToList() is [{ } only] ? only : "its baseline";

    private static Markup Chart(
        ReportDocument report, IReadOnlyList<ReportResult> all, IReadOnlyList<ReportResult> compared, string caption)
    {
        return compared.Count == 0 ? Markup.Empty : RatioChart.Draw(
            caption,
            [
                .. compared.Select(r => new RatioRow(
                    r.Target, r.Ratio!.Value, r.RatioCi95, r.Verdict,
                    $"{Text.Ratio(r.Ratio.Value)} {ReportMatrix.Interval(r.RatioCi95, Text.Ratio)} {r.Verdict}",
                    all.BaselineOf(r) is { } baseline ? [.. BlockRatios.Of(r, baseline).Values] : [])),
            ],
            report.Run.MarginPercent, Baselines(compared));
    }

    private static Markup Figures(IReadOnlyList<ReportResult> results, HashSet<string> emulated)
    {
        string[] titles =
        [
            "target", "median, " + results[0].Unit, "95 %", "time ratio", "95 %", "verdict", "detectable, %", "boots", "iterations",
            "remarks",
        ];
        return Markup.Of($"""
            <details><summary>Figures</summary>{HtmlTable.Of(titles, [.. results.Select(r => Row(r, emulated))])}{
                Metrics(results)}</details>
            """);
    }

    private static IReadOnlyList<HtmlCell> Row(ReportResult result, HashSet<string> emulated) =>
    [
        HtmlCell.Of(result.Target),
        result.Median is null ? HtmlCell.Of(result.State) : HtmlCell.Of(result.Median, Text.Figure),
        new HtmlCell(Markup.Of($"{ReportMatrix.Interval(result.Ci95, Text.Figure)}"), Number: true, result.Ci95?[0]),
        HtmlCell.Of(result.Ratio, Text.Ratio),
        new HtmlCell(Markup.Of($"{ReportMatrix.Interval(result.RatioCi95, Text.Ratio)}"), Number: true, result.RatioCi95?[0]),
        new HtmlCell(Markup.If(result.Median is not null, Markup.Of($"<span class=\"word {result.Verdict}\">{result.Verdict}</span>"))),
        HtmlCell.Of(result.MinimumDetectableEffect, Text.Short),
        new HtmlCell(Markup.Of($"{result.Boots} of {result.PlannedBoots}"), Number: true, result.Boots),
        HtmlCell.Of(result.Iterations, n => n.ToString(CultureInfo.InvariantCulture)),
        HtmlCell.Of(string.Join("; ", ResultRemarks.Of(result, emulated.Contains(result.Target)))),
    ];

    private static Markup Metrics(IReadOnlyList<ReportResult> results)
    {
        var rows = results.SelectMany(r => r.Metrics.Select(m => (IReadOnlyList<HtmlCell>)
        [
            HtmlCell.Of(r.Target), HtmlCell.Of(m.Name), HtmlCell.Of(m.Median, Text.Figure), HtmlCell.Of(m.Unit),
            new HtmlCell(Markup.Of($"{ReportMatrix.Interval(m.Ci95, Text.Figure)}"), Number: true, m.Ci95?[0]),
            HtmlCell.Of(m.Boots, n => n.ToString(CultureInfo.InvariantCulture)),
        ])).ToList();
        return Markup.If(rows.Count > 0, Markup.Of($"""
            <p class="dim">What the probe reports besides, medians over boots:</p>{
                HtmlTable.Of(["target", "metric", "median", "unit", "95 %", "boots"], rows)}
            """));
    }
}
