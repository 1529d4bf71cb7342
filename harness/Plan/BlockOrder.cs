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
        var byImplementation = implementations.ToDictionary(i => i, i => ProbesOf(i, probes));
        var cells = targets.SelectMany(t => implementations.Except(t.Refused ?? []).Select(i => (Target: t.Id, Implementation: i)))
            .Where(c => byImplementation[c.Implementation].Count > 0).ToArray();
        var trials = new List<PlannedTrial>();
        if (order == TrialOrder.Sequential)
        {
            foreach (var (target, implementation) in cells)
            {
                for (var block = 1; block <= boots; block++)
                {
                    trials.Add(new PlannedTrial(block, trials.Count + 1, target, implementation, byImplementation[implementation]));
                }
            }

            return trials;
        }

        for (var block = 1; block <= boots; block++)
        {
            random.Shuffle<(string Target, string Implementation)>(cells);
            foreach (var (target, implementation) in cells)
            {
                trials.Add(new PlannedTrial(block, trials.Count + 1, target, implementation, byImplementation[implementation]));
            }
        }

        return trials;
    }

    private static IReadOnlyList<ProbeSpecification> ProbesOf(string implementation, IReadOnlyList<ProbeSpecification> probes) =>
        [.. probes.Where(p => ProbeCatalogue.Find(p.Id)!.Implementations.Contains(implementation))];
}
