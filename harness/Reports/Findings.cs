using System.Globalization;
using VirtualBench.Statistics;

namespace VirtualBench.Reports;

/// <summary>
/// What was found, in a few sentences that claim no more than the intervals carry. Targets are compared by the geometric mean of their cost
/// over the probes that all of them have; starting and ending are told apart, for they would outweigh everything.
/// </summary>
public static class Findings
{
    private const int MostNames = 3;

    /// <summary>A target's cost over all probes that count.</summary>
    private sealed record Cost(ReportTarget Target, RatioEstimate Estimate, int Worse, int Judged);

    /// <summary>Sentences without markup: dearest, cheapest, emulated, undecided; one line each.</summary>
    public static IReadOnlyList<string> Of(ReportDocument report)
    {
        var groups = report.Results.Where(r => r.Ratio is not null && r.Verdict != "baseline" && r.Baseline is not null)
            .GroupBy(r => r.Baseline!)
            .Select(g => (Baseline: g.Key, Targets: report.Targets.Where(t => g.Any(r => r.Target == t.Id)).ToList())).ToList();
        if (groups.Count == 0)
        {
            return ["Nothing can be said of what isolation costs: no target was compared with a baseline."];
        }

        var sentences = new List<string>();
        foreach (var (baseline, targets) in groups)
        {
            var genuine = targets.Where(t => t.Acceleration != "emulation").ToList();
            sentences.AddRange(DearestAndCheapest(report, baseline, genuine));
            if (Emulated(report, baseline, [.. targets.Except(genuine)]) is { } emulated)
            {
                sentences.Add(emulated);
            }
        }

        sentences.Add(Undecided(report));
        return sentences;
    }

    private static IEnumerable<string> DearestAndCheapest(ReportDocument report, string baseline, List<ReportTarget> targets)
    {
        var costs = Costs(report, baseline, targets, out var probes);
        if (costs.Count == 0)
        {
            yield return targets.Count == 0
                ? $"Every target beside {baseline} is emulated: nothing can be said of what isolation costs."
                : "No probe has a ratio on all targets, so none can be called the dearest or the cheapest.";
            yield break;
        }

        var over = Invariant($"over {probes} {(probes == 1 ? "probe" : "probes")}")
            + (baseline.Contains('+', StringComparison.Ordinal) ? "" : " of running code");
        var dearest = costs[^1];
        if (costs.TrueForAll(c => c.Worse == 0))
        {
            yield return Invariant($"No isolation was shown to cost more than {baseline} by over {report.Run.MarginPercent} %, {over}.");
        }
        else
        {
            yield return $"Dearest: {Words(dearest, baseline)}, geometric mean {over}"
                + (costs.Count > 1 ? Apart(dearest, costs[^2]) : "") + ".";
        }

        if (costs.Count > 1)
        {
            yield return $"Cheapest: {Words(costs[0], baseline)}, geometric mean {over}{Apart(costs[0], costs[1])}.";
        }
    }

    private static string? Emulated(ReportDocument report, string baseline, List<ReportTarget> targets)
    {
        var costs = Costs(report, baseline, targets, out _);
        if (costs.Count == 0)
        {
            return targets.Count == 0 ? null : $"Emulated, so no measure of hardware virtualisation: {Names(targets.Select(t => t.Id))}.";
        }

        var range = costs.Count == 1 ? Times(costs[0].Estimate.Value!.Value)
            : $"from {Times(costs[0].Estimate.Value!.Value)} ({costs[0].Target.Id}) "
                + $"to {Times(costs[^1].Estimate.Value!.Value)} ({costs[^1].Target.Id})";
        return $"Emulated, so no measure of hardware virtualisation: {Names(targets.Select(t => t.Id))}, "
            + $"{range} the time of {baseline}.";
    }

    private static string Undecided(ReportDocument report)
    {
        var compared = report.Results.Where(r => r.Ratio is not null && r.Verdict != "baseline").ToList();
        var open = compared.Where(r => r.Verdict == "inconclusive").ToList();
        return open.Count == 0
            ? Invariant($"Nothing that was compared is inconclusive ({compared.Count} comparisons).")
            : Invariant($"Inconclusive: {open.Count} of {compared.Count} comparisons, among them ")
                + $"{Names(open.Select(r => $"{ReportMatrix.Label(r)} on {r.Target}"))}; more boots narrow their intervals.";
    }

    /// <summary>By cost, ascending; empty when no probe has a ratio on all of the targets.</summary>
    private static List<Cost> Costs(ReportDocument report, string baseline, List<ReportTarget> targets, out int probes)
    {
        var common = report.Results.Where(b => b.Target == baseline && !b.Probe.StartsWith("life.", StringComparison.Ordinal)
            && targets.TrueForAll(t => report.Results.On(t.Id, b)?.Ratio is not null)).ToList();
        probes = common.Count;
        return common.Count == 0 ? [] :
        [
            .. from target in targets
               let results = common.Select(b => (Result: report.Results.On(target.Id, b)!, Against: b)).ToList()
               let estimate = BlockRatios.GeometricMean(results)
               where estimate.Value is not null
               orderby estimate.Value
               select new Cost(target, estimate, results.Count(r => r.Result.Verdict == "worse"),
                   results.Count(r => r.Result.Verdict != "inconclusive")),
        ];
    }

    private static string Words(Cost cost, string baseline) =>
        $"{cost.Target.Id} takes {Times(cost.Estimate.Value!.Value)} the time of {baseline}"
        + (cost.Estimate.Interval is { } i ? $" [{Text.Ratio(i.Low)}, {Text.Ratio(i.High)}]" : " (too few boots for an interval)");

    // Two intervals that overlap tell nothing apart.
    private static string Apart(Cost one, Cost next) =>
        one.Estimate.Interval is { } a && next.Estimate.Interval is { } b && (a.High < b.Low || b.High < a.Low)
            ? "" : $", though not told apart from {next.Target.Id}";

    private static string Times(double ratio) => Text.Ratio(ratio) + " times";

    private static string Names(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(MostNames)) + (all.Count > MostNames ? Invariant($" and {all.Count - MostNames} more") : "");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
