using System.Globalization;
using System.Text.RegularExpressions;

namespace VirtualBench.Reports;

/// <summary>The percentiles among a result's metrics: <c>rtt.p50</c>, <c>rtt.p99.9</c>.</summary>
public static partial class Percentiles
{
    /// <summary>By the name before the percentile, each ascending; values of zero have no place on a logarithmic axis.</summary>
    public static IReadOnlyList<(string Stem, string Unit, IReadOnlyList<(double Percentile, double Value)> Curve)> Of(
        ReportResult result) =>
    [
        .. from metric in result.Metrics
           let match = Name().Match(metric.Name)
           where match.Success && metric.Median > 0
           let percentile = double.Parse(match.Groups["whole"].Value + "." + match.Groups["part"].Value + "0", CultureInfo.InvariantCulture)
           group (percentile, metric.Median) by (Stem: match.Groups["stem"].Value, metric.Unit) into curve
           where curve.Count() > 1
           select (curve.Key.Stem, curve.Key.Unit,
               (IReadOnlyList<(double, double)>)[.. curve.DistinctBy(c => c.percentile).OrderBy(c => c.percentile)]),
    ];

    // p99.9, and p999 as some tools write it.
    [GeneratedRegex(@"^(?<stem>[A-Za-z0-9_.-]+)\.p(?!100$)(?<whole>[0-9]{1,2})(\.?(?<part>[0-9]{1,4}))?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
