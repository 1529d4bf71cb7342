namespace VirtualBench.Plan;

/// <summary>
/// The order of trials: blocks in which every target and implementation stands once, shuffled anew in each block. What drifts over minutes
/// (another tenant, temperature) then falls on all targets alike and cancels in the ratios within a block.
/// </summary>
public static class BlockOrder
{
    public static IReadOnlyList<PlannedTrial> Make(
        ulong seed, int boots, IReadOnlyList<PlannedTarget> targets, IReadOnlyList<string> implementations,
        IReadOnlyList<ProbeSpecification> probes, TrialOrder order = TrialOrder.Interleaved)
    {
        var random = new SplitMix64(seed);
        var probesOf = targets.SelectMany(t => implementations.Except(t.Refused ?? []).Select(i => (Target: t, Implementation: i)))
            .ToDictionary(c => (Target: c.Target.Id, c.Implementation), c => ProbesOf(c.Target, c.Implementation, probes));
        var cells = probesOf.Where(c => c.Value.Count > 0).Select(c => c.Key).ToArray();
        var trials = new List<PlannedTrial>();
        if (order == TrialOrder.Sequential)
        {
            foreach (var (target, implementation) in cells)
            {
                for (var block = 1; block <= boots; block++)
                {
                    trials.Add(new PlannedTrial(block, trials.Count + 1, target, implementation, probesOf[(target, implementation)]));
                }
            }

            return trials;
        }

        for (var block = 1; block <= boots; block++)
        {
            random.Shuffle<(string Target, string Implementation)>(cells);
            foreach (var (target, implementation) in cells)
            {
                trials.Add(new PlannedTrial(block, trials.Count + 1, target, implementation, probesOf[(target, implementation)]));
            }
        }

        return trials;
    }

    private static IReadOnlyList<ProbeSpecification> ProbesOf(
        PlannedTarget target, string implementation, IReadOnlyList<ProbeSpecification> probes) =>
        [.. probes.Where(p => Crossing.Runs(target, p) && ProbeCatalogue.Find(p.Id)!.Implementations.Contains(implementation))];
}
