using System.Globalization;
using VirtualBench.Plan;
using VirtualBench.Targets;

namespace VirtualBench.Cli;

/// <summary>A plan as text.</summary>
internal static class PlanText
{
    /// <param name="startOf">About how long a start of a target takes.</param>
    public static void Write(CampaignPlan plan, Func<TargetName, TimeSpan> startOf, TextWriter output)
    {
        var about = Estimate(plan, startOf);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"preset {plan.Preset}, seed {plan.Seed}, {plan.Boots} blocks, {plan.Trials.Count} trials, "
                + $"about {Math.Ceiling(about.TotalSeconds):F0} s when every target is usable (`doctor` tells which are)"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"guests get {plan.Resources.VirtualCpus} CPU(s) on host CPU {string.Join(',', plan.Resources.HostCpus)} "
                + $"and {plan.Resources.MemoryBytes >> 20} MiB; baseline: {plan.BaselineId}; margin {plan.MarginPercent} %"));
        if (plan.Precision is { } goal)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"ends after block {goal.LeastBoots} or later, once every ratio is known to within {goal.Percent} %"));
        }

        output.WriteLine("probes:");
        foreach (var probe in plan.Probes)
        {
            output.WriteLine(
                $"  {probe} ({string.Join(", ", ProbeCatalogue.Find(probe.Id)!.Implementations.Intersect(plan.Implementations))})");
        }

        foreach (var block in plan.Trials.GroupBy(t => t.Block))
        {
            var order = block.Select(t => plan.Implementations.Count > 1 ? $"{t.TargetId} {t.Implementation}" : t.TargetId);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"block {block.Key}: {string.Join(", ", order)}"));
        }
    }

    /// <summary>
    /// A rough figure by rule, not a promise: a typical start of each engine, and for each probe its time budget and as much again for
    /// pilot and warm-up.
    /// </summary>
    internal static TimeSpan Estimate(CampaignPlan plan, Func<TargetName, TimeSpan> startOf)
    {
        var starts = plan.Targets.ToDictionary(t => t.Id, t => startOf(t.Target));
        return TimeSpan.FromSeconds(plan.Trials.Sum(t =>
            starts[t.TargetId].TotalSeconds
                + (ProbeCatalogue.InGuest(t.Probes).Count() * 2 * plan.Engine.BudgetMs / 1000.0)));
    }
}
