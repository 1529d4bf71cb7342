using System.Globalization;
using VirtualBench.Plan;

namespace VirtualBench.Campaign;

/// <summary>
/// Whether a run that adds blocks has enough. Decided by what is recorded and nothing else, so that a run that was interrupted and resumed
/// ends where it would have ended. See <see cref="PrecisionGoal.Confidence"/> for what looking after each block does to the intervals.
/// </summary>
internal static class PrecisionRule
{
    /// <summary>Whether these blocks are enough; never without a goal.</summary>
    /// <param name="abandoned">Targets that were given up.</param>
    public static bool IsMet(
        CampaignPlan plan, IReadOnlyList<TrialRecord> trials, int blocks, IReadOnlyCollection<string> abandoned) =>
        plan.Precision is { } goal && blocks >= goal.LeastBoots
            && IsMet(goal, WidestPercent(Samples.From(Recording.Unfinished(plan.Through(blocks), trials)).Cells, plan, abandoned));

    /// <summary>Where there is no ratio at all there is nothing to be more precise about.</summary>
    public static bool IsMet(PrecisionGoal goal, double? widestPercent) => widestPercent is null || widestPercent <= goal.Percent;

    /// <summary>
    /// The widest half-width of a ratio's interval, % of the ratio; null when no ratio has one. A target that gave figures, but too few for
    /// an interval, is infinitely imprecise; what failed throughout or is unsupported has no ratio to be precise about,
    /// and what was given up will not become more precise.
    /// </summary>
    public static double? WidestPercent(IReadOnlyList<Cell> cells, CampaignPlan plan, IReadOnlyCollection<string> abandoned)
    {
        var byKey = cells.ToDictionary(c => (c.Probe, c.Implementation, c.TargetId));
        var baselineOf = plan.Targets.ToDictionary(t => t.Id, t => plan.BaselineOf(t)?.Id ?? "");
        double? widest = null;
        foreach (var cell in cells.Where(c => c.TargetId != baselineOf[c.TargetId] && c.Boots.Count > 0 && !IsAbandoned(c.TargetId)))
        {
            if (byKey.TryGetValue((cell.Probe, cell.Implementation, baselineOf[cell.TargetId]), out var baseline)
                && baseline.Boots.Count > 0)
            {
                var interval = Paired.Ratio(cell, baseline, plan.Confidence).Interval;
                var half = interval is { } i ? (Math.Sqrt(i.High / i.Low) - 1) * 100 : double.PositiveInfinity;
                widest = Math.Max(widest ?? 0, half);
            }
        }

        return widest;

        bool IsAbandoned(string target) => abandoned.Contains(target) || abandoned.Contains(baselineOf[target]);
    }

    /// <summary>For the user, one line.</summary>
    public static string Describe(CampaignPlan plan, int blocks) => string.Create(CultureInfo.InvariantCulture,
        $"every ratio is known to within {plan.Precision!.Percent} % after {blocks} blocks");
}
