using VirtualBench.Campaign;
using VirtualBench.Guests;
using VirtualBench.Plan;
using VirtualBench.Targets;

namespace VirtualBench.SelfCheck;

/// <summary>
/// A campaign on simulated targets, in memory: thousands take minutes. Launches, console, transcripts, judgement of trials, repeats and the
/// rule that ends a run are those of every campaign; journal and run directory are left out.
/// </summary>
internal static class SimulatedCampaign
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <param name="create">Makes a target; it must be a simulated one.</param>
    public static async Task<Recording> RunAsync(
        RunRequest request, IReadOnlyList<PlannedTarget> targets, Func<TargetName, ITarget> create, CancellationToken cancellation)
    {
        var plan = PlanBuilder.Build(request, targets, request.Seed!.Value, [0]);
        var startedUtc = DateTimeOffset.UtcNow;
        var made = targets.Select(t => t.Target).Distinct().ToDictionary(name => name, create);
        var byId = targets.ToDictionary(t => t.Id, t => made[t.Target]);
        var records = new List<TrialRecord>();
        var ran = 0;
        foreach (var group in plan.Steps())
        {
            if (PrecisionRule.IsMet(plan, records, ran, []))
            {
                break;
            }

            foreach (var trial in group)
            {
                records.AddRange(await AttemptAsync(byId[trial.TargetId], trial, plan, cancellation).ConfigureAwait(false));
            }

            ran++;
        }

        return new Recording(
            "simulated", startedUtc, (DateTimeOffset.UtcNow - startedUtc).TotalSeconds, true,
            plan.Precision is null ? plan : plan.Through(ran), [.. targets.Select(t => Describe(t, byId[t.Id]))],
            new Dictionary<string, string>(), default, records, []);
    }

    private static async Task<List<TrialRecord>> AttemptAsync(
        ITarget target, PlannedTrial trial, CampaignPlan plan, CancellationToken cancellation)
    {
        var program = new GuestProgram(trial.Implementation, target.Name.Architecture, "", SimTarget.Build, SimTarget.Build);
        var records = new List<TrialRecord>();
        for (var owed = trial; owed.Probes.Count > 0 && records.Count < CampaignRunner.AttemptLimit;)
        {
            var record = await TrialRunner.RunAsync(
                target, program, owed, records.Count + 1, plan, "virtualbench-simulated", "", TrialSurroundings.None, Deadline,
                cancellation).ConfigureAwait(false);
            records.Add(record);
            owed = owed with { Probes = TrialRunner.Owed(record) };
        }

        return records;
    }

    private static RecordedTarget Describe(PlannedTarget planned, ITarget target) => new(
        planned.Id, planned.Target, target.Isolation.ToString(), target.Acceleration, new Availability(true, "simulated"));
}
