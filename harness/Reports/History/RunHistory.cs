using VirtualBench.Campaign;
using VirtualBench.Reports.Comparison;
using VirtualBench.Statistics;

namespace VirtualBench.Reports.History;

/// <summary>
/// Puts runs in order of time and looks for changes of level. The run is the unit of replication here: boots of one run share what the host
/// was like that day, so that more boots would not make a day's drift a change.
/// </summary>
public static class RunHistory
{
    /// <exception cref="CampaignException">Runs differ in what was not allowed, or have nothing in common.</exception>
    public static HistoryDocument Of(IEnumerable<ReportSource> sources, ComparisonOptions options)
    {
        var runs = sources.OrderBy(s => s.Report.Run.StartedUtc).ThenBy(s => s.Report.Run.Id, StringComparer.Ordinal).ToList();
        var differences = runs.Zip(runs.Skip(1))
            .SelectMany(p => RunComparison.RequireAllowed(p.First, p.Second, options.Allowed ?? [])).Distinct().ToList();
        var basis = options.By ?? (differences.Exists(d => d.Kind == Difference.Host) ? "baseline" : "figures");
        var margin = options.MarginPercent ?? runs[^1].Report.Run.MarginPercent;
        var keys = runs.SelectMany(r => r.Report.Results.Where(x => x.Median is not null
            && (basis != "baseline" || x.Verdict != "baseline"))).Select(RunComparison.Key).Distinct();
        List<HistorySeries> series = [.. keys.Select(key => Series(key, runs, basis, margin))];
        return series.Count == 0
            ? throw new CampaignException("none of the runs has a measured result")
            : new HistoryDocument(
                HistoryDocument.CurrentSchema, [.. runs.Select(r => new ComparedRun(r.Path, r.Report.Run.Id, r.Report.Run.StartedUtc))],
                margin, basis, differences, series);
    }

    private static HistorySeries Series(
        (string Label, string Implementation, string Target) key, List<ReportSource> runs, string basis, double margin)
    {
        var points = new List<HistoryPoint?>();
        ReportResult? last = null;
        var higherIsBetter = false;
        foreach (var run in runs)
        {
            var result = run.Report.Results.FirstOrDefault(r => RunComparison.Key(r) == key);
            var figures = result is null ? [] : RunComparison.FiguresOf(run.Report, result, basis, out higherIsBetter);
            points.Add(figures.Count == 0 ? null : new HistoryPoint(BootMedian.Of(figures), figures.Count));
            last = result ?? last;
        }

        return new HistorySeries(
            key.Label, key.Implementation, key.Target, basis == "baseline" ? "x baseline" : last!.Unit, higherIsBetter ? "higher" : "lower",
            points, Changes(points, runs, higherIsBetter, margin));
    }

    private static List<HistoryChange> Changes(
        List<HistoryPoint?> points, List<ReportSource> runs, bool higherIsBetter, double margin)
    {
        var known = points.Select((p, i) => (Point: p, Run: i)).Where(p => p.Point?.Median > 0).ToList();
        double[] medians = [.. known.Select(p => p.Point!.Median)];
        var starts = ChangePoints.Of([.. medians.Select(m => Math.Log(m))]);
        var changes = new List<HistoryChange>();
        for (var i = 0; i < starts.Count; i++)
        {
            var start = starts[i];
            var before = medians[(i == 0 ? 0 : starts[i - 1])..start];
            var after = medians[start..(i + 1 < starts.Count ? starts[i + 1] : medians.Length)];
            var estimate = UnpairedRatio.Estimate(after, before, higherIsBetter);
            changes.Add(new HistoryChange(
                runs[known[start].Run].Report.Run.Id, estimate.Value,
                estimate.Interval is { } interval ? [interval.Low, interval.High] : null,
                ReportBuilder.Name(Verdicts.Judge(estimate.Interval, margin))));
        }

        return changes;
    }
}
