using System.Globalization;
using VirtualBench.Reports.Charts;

namespace VirtualBench.Reports.Html;

/// <summary>What several figures show together: memory over size, latency over percentiles, throughput beside its cost.</summary>
internal static class MetricSections
{
    /// <summary>The metric that says what a network or a disk costs the host.</summary>
    private const string HostCpu = "hostCpuSecondsPerGB";

    public static Markup Render(ReportDocument report) => Markup.Join([Staircases(report), Latencies(report), Throughputs(report)]);

    private static Markup Staircases(ReportDocument report)
    {
        var places = Places(report);
        var charts = report.Results.Where(r => r.Probe == "mem.latency" && r.Median > 0 && BytesOf(r) is not null)
            .GroupBy(r => (r.Implementation,
                Others: string.Join(',', r.Parameters.Where(p => p.Key != "bytes").Select(p => $"{p.Key}={p.Value}"))))
            .Where(g => g.Select(BytesOf).Distinct().Count() > 1)
            .Select(g => StaircaseChart.Draw(
                "Time of a dependent load" + (g.Key.Others.Length > 0 ? ", " + g.Key.Others : ""), g.First().Unit,
                [
                    .. g.GroupBy(r => r.Target).OrderBy(t => places[t.Key]).Select(t => (t.Key, places[t.Key],
                        (IReadOnlyList<(double, ReportResult)>)[.. t.Select(r => (BytesOf(r)!.Value, r)).OrderBy(p => p.Value)])),
                ],
                HostFacts.Caches(report.Host)));
        return Section("memory", "Memory latency over the working set", charts);
    }

    private static Markup Latencies(ReportDocument report)
    {
        var places = Places(report);
        var curves =
            from result in report.Results
            from curve in Percentiles.Of(result)
            group (result.Target, curve.Curve) by (Label: ReportMatrix.Label(result), result.Implementation, curve.Stem, curve.Unit);
        return Section("latency", "Latency over percentiles", curves.Select(g => PercentileChart.Draw(
            $"{g.Key.Label} ({g.Key.Implementation}): {g.Key.Stem}, median over boots of each percentile", g.Key.Unit,
            [.. g.OrderBy(c => places[c.Target]).Select(c => (c.Target, places[c.Target], c.Curve))])));
    }

    private static Markup Throughputs(ReportDocument report)
    {
        var charts = report.Results.Where(r => r.Median is not null).GroupBy(r => (Label: ReportMatrix.Label(r), r.Implementation))
            .Where(g => g.Any(r => r.Direction == "higher" && CpuOf(r) is not null))
            .Select(g => ThroughputChart.Draw(
                $"{g.Key.Label} ({g.Key.Implementation}): throughput, and the host's CPU time for it", g.First().Unit,
                [.. g.Select(r => new ThroughputRow(r.Target, r.Median!.Value, r.Ci95, CpuOf(r)?.Median, CpuOf(r)?.Ci95))]));
        return Section("throughput", "Throughput and what it costs the host", charts);
    }

    private static Markup Section(string id, string title, IEnumerable<Markup> charts)
    {
        var drawn = Markup.Join(charts);
        return Markup.If(drawn.Html.Length > 0, Markup.Of(
            $"<section id=\"{id}\"><h2>{title}</h2>\n<div class=\"charts\">{drawn}</div></section>\n"));
    }

    /// <summary>A target has the same colour in every chart.</summary>
    private static Dictionary<string, int> Places(ReportDocument report) =>
        report.Targets.Select((t, i) => (t.Id, Index: i)).ToDictionary(t => t.Id, t => t.Index);

    private static ReportMetric? CpuOf(ReportResult result) => result.Metrics.FirstOrDefault(m => m.Name == HostCpu);

    private static double? BytesOf(ReportResult result) => result.Parameters.TryGetValue("bytes", out var text)
        && double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0 ? bytes : null;
}
