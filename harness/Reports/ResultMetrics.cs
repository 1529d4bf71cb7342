using VirtualBench.Campaign;
using VirtualBench.Protocol;
using VirtualBench.Statistics;

namespace VirtualBench.Reports;

/// <summary>What a probe reports besides its figure, summed up over boots.</summary>
internal static class ResultMetrics
{
    /// <summary>As many names as the most talkative probe has, several times over: a guest must not fill a report.</summary>
    public const int MostNames = 64;

    /// <summary>In the order of the guest's first report of each; <c>work</c> is part of the figure and not among them.</summary>
    /// <param name="draw">Random numbers for the bootstrap; see <see cref="BootMedian.Bootstrap"/>.</param>
    public static IReadOnlyList<ReportMetric> Of(Cell cell, Func<int, int> draw)
    {
        // A boot that reports a name twice counts once, or it would weigh more than others.
        var reported = cell.Boots.SelectMany(b => b.Metrics.DistinctBy(m => (m.Name, m.Unit)))
            .Where(m => m.Name != "work").GroupBy(m => (m.Name, m.Unit)).Take(MostNames);
        return
        [
            .. from metric in reported
               let values = metric.Select(m => m.Value).ToArray()
               let interval = BootMedian.Bootstrap(values, draw)
               select new ReportMetric(
                   Printable.Line(metric.Key.Name, 60), Printable.Line(metric.Key.Unit, 30), values.Length, BootMedian.Of(values),
                   interval is { } i ? [i.Low, i.High] : null),
        ];
    }
}
