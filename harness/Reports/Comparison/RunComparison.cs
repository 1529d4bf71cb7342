using VirtualBench.Campaign;
using VirtualBench.Protocol;
using VirtualBench.Statistics;

namespace VirtualBench.Reports.Comparison;

/// <param name="MarginPercent">Null: that of the later run.</param>
/// <param name="Allowed">Kinds of differences that are no reason to refuse; see <see cref="Difference.Kinds"/>.</param>
/// <param name="By"><c>figures</c>, <c>baseline</c>, or null: figures on one host, the baseline between hosts.</param>
public sealed record ComparisonOptions(double? MarginPercent = null, IReadOnlyList<string>? Allowed = null, string? By = null);

/// <summary>Compares two runs, boot by boot but unpaired: their boots did not take turns.</summary>
public static class RunComparison
{
    /// <exception cref="CampaignException">The runs differ in what was not allowed, or have nothing in common.</exception>
    public static ComparisonDocument Of(ReportSource before, ReportSource after, ComparisonOptions options)
    {
        var differences = RequireAllowed(before, after, options.Allowed ?? []);
        var basis = options.By ?? (differences.Any(d => d.Kind == Difference.Host) ? "baseline" : "figures");
        var margin = options.MarginPercent ?? after.Report.Run.MarginPercent;
        var old = before.Report.Results.ToLookup(Key);
        var now = after.Report.Results.ToLookup(Key);
        List<ComparedResult> results =
        [
            .. from result in after.Report.Results
               from earlier in old[Key(result)].Take(1)
               where earlier.Median is not null || result.Median is not null
               where basis != "baseline" || result.Verdict != "baseline"
               select Compare(before.Report, earlier, after.Report, result, basis, margin, differences),
        ];
        return results.Count == 0
            ? throw new CampaignException($"{before.Path} and {after.Path} have no measured result in common"
                + (basis == "baseline" ? " beside their baseline" : "") + "; `compare` takes runs of the same probes and targets")
            : new ComparisonDocument(
                ComparisonDocument.CurrentSchema, Describe(before), Describe(after), margin, basis, differences, results,
                [
                    .. Unshared(before.Report.Results.Where(r => !now.Contains(Key(r))), "only before"),
                    .. Unshared(after.Report.Results.Where(r => !old.Contains(Key(r))), "only after"),
                ]);
    }

    /// <summary>The figures that two results are compared by: as they are, or each boot's cost against its own run's baseline.</summary>
    /// <param name="higherIsBetter">Whether they are rates.</param>
    internal static IReadOnlyList<double> FiguresOf(ReportDocument report, ReportResult result, string basis, out bool higherIsBetter)
    {
        higherIsBetter = basis != "baseline" && result.Direction == "higher";
        return basis != "baseline" ? [.. result.BootFigures.Select(b => b.Figure)]
            : report.Results.BaselineOf(result) is { } baseline ? [.. BlockRatios.Of(result, baseline).Values]
            : [];
    }

    /// <exception cref="CampaignException">The runs differ in what was not allowed; the message says in what.</exception>
    internal static IReadOnlyList<Difference> RequireAllowed(ReportSource before, ReportSource after, IReadOnlyList<string> allowed)
    {
        var differences = Difference.Between(before.Report, after.Report);
        var refused = differences.Where(d => !allowed.Contains(d.Kind)).ToList();
        if (refused.Count == 0)
        {
            return differences;
        }

        var kinds = string.Join(',', Difference.Kinds.Where(k => refused.Exists(d => d.Kind == k)));
        var shown = string.Join("; ", refused.GroupBy(d => d.Kind).Select(g => g.First().ToString() + (g.Count() > 1
            ? FormattableString.Invariant($" (and {g.Count() - 1} more)") : "")));
        throw new CampaignException(
            $"{before.Path} and {after.Path} cannot be compared: {shown}; --allow {kinds} compares them all the same and says so");
    }

    private static ComparedResult Compare(
        ReportDocument before, ReportResult old, ReportDocument after, ReportResult now, string basis, double margin,
        IReadOnlyList<Difference> differences)
    {
        var earlier = FiguresOf(before, old, basis, out var higherIsBetter);
        var later = FiguresOf(after, now, basis, out _);
        var estimate = UnpairedRatio.Estimate(later, earlier, higherIsBetter);
        var unitChanged = old.Unit != now.Unit;
        var verdict = earlier.Count > 0 && later.Count == 0 ? "lost" : unitChanged ? "inconclusive"
            : ReportBuilder.Name(Verdicts.Judge(estimate.Interval, margin));
        var reason = verdict == "lost" ? $"{now.State}: {now.Reason ?? "no figure"}"
            : earlier.Count == 0 ? $"it had no figure before ({old.State})"
            : unitChanged ? $"its unit was {old.Unit}"
            : estimate.Reason;
        return new ComparedResult(
            ReportMatrix.Label(now), now.Implementation, now.Target, basis == "baseline" ? "x baseline" : now.Unit,
            higherIsBetter ? "higher" : "lower", Median(earlier), earlier.Count, Median(later), later.Count,
            unitChanged ? null : estimate.Value, !unitChanged && estimate.Interval is { } i ? [i.Low, i.High] : null, verdict,
            [.. Difference.Kinds.Where(k => differences.Any(d => d.Kind == k && (d.Target is null || d.Target == now.Target)))],
            reason is null ? null : Printable.Line(reason));
    }

    private static double? Median(IReadOnlyList<double> figures) => figures.Count == 0 ? null : BootMedian.Of(figures);

    internal static (string Label, string Implementation, string Target) Key(ReportResult result) =>
        (ReportMatrix.Label(result), result.Implementation, result.Target);

    private static IEnumerable<string> Unshared(IEnumerable<ReportResult> results, string where) =>
        results.GroupBy(r => (Label: ReportMatrix.Label(r), r.Implementation))
            .Select(g => $"{where}: {g.Key.Label} ({g.Key.Implementation}) on {string.Join(", ", g.Select(r => r.Target))}");

    private static ComparedRun Describe(ReportSource source) => new(source.Path, source.Report.Run.Id, source.Report.Run.StartedUtc);
}
