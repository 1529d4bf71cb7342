using VirtualBench.Targets;

namespace VirtualBench.Plan;

/// <summary>A probe with its parameters: <c>mem.triad{bytes=268435456}</c>.</summary>
/// <param name="Id">E.g. <c>mem.triad</c>.</param>
/// <param name="Parameters">Ordered name=value pairs; empty when there are none.</param>
public sealed record ProbeSpecification(string Id, IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    /// <summary>As the guest program takes it and as reports name it.</summary>
    public override string ToString() =>
        Parameters.Count == 0 ? Id : Id + "{" + string.Join(',', Parameters.Select(p => p.Key + "=" + p.Value)) + "}";

    public bool Equals(ProbeSpecification? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}

/// <summary>A target of a run under the name it has there (its own, or the one the user gave: <c>b=native</c>).</summary>
/// <param name="Refused">Implementations whose guest program cannot run on it; null: none.</param>
/// <param name="Network">The network that it is crossed with; null: it has none.</param>
/// <param name="Disk">The disk that it is crossed with; null: it has none.</param>
/// <param name="SlowdownPercent">How much more time its guests are told to take; null: none. Only <c>selfcheck</c> does that.</param>
public sealed record PlannedTarget(
    string Id, TargetName Target, IReadOnlyList<string>? Refused = null, string? Network = null, string? Disk = null,
    double? SlowdownPercent = null)
{
    /// <summary>Its name before it was crossed.</summary>
    public string UncrossedId => (Network ?? Disk) is { } crossed ? Id[..^(crossed.Length + 1)] : Id;
}

/// <summary>One start of one target, in its place in the order.</summary>
/// <param name="Block">From 1; a block holds every target and implementation once.</param>
/// <param name="Position">From 1, over the whole campaign.</param>
public sealed record PlannedTrial(
    int Block, int Position, string TargetId, string Implementation, IReadOnlyList<ProbeSpecification> Probes);

/// <summary>In which order trials run.</summary>
public enum TrialOrder
{
    /// <summary>Block by block, each in an order of its own.</summary>
    Interleaved,

    /// <summary>All boots of one target, then all of the next: drift is taken for a difference. Only to show that.</summary>
    Sequential,
}

/// <summary>When a run that adds blocks has enough.</summary>
/// <param name="Percent">Half-width of every ratio's interval, % of the ratio.</param>
/// <param name="LeastBoots">Blocks before the first look.</param>
/// <param name="MostBoots">Blocks that are planned: the most that run.</param>
public sealed record PrecisionGoal(double Percent, int LeastBoots, int MostBoots)
{
    /// <summary>
    /// Nominal level of the intervals that such a run looks at and reports. A run that stops when its interval happens to be narrow covers
    /// a little less than the level says: simulated over normal, log-normal, bimodal, Student's t (3) and Pareto noise, with six or ten
    /// blocks at least and three times as many at most, looking after each block, 93.6 to 96.9 % at a nominal 95 %. One per cent
    /// more gives that back.
    /// </summary>
    public const double Confidence = 0.96;
}

/// <summary>How the engine in the guest measures; see vb_options in vb_engine.h.</summary>
public sealed record EngineSettings(
    int IterationMs, int BudgetMs, int Warmup, int MinIterations, int MaxIterations, double MaxRelativeErrorPercent);

/// <summary>All that a campaign will do, decided before it begins.</summary>
/// <param name="Boots">Blocks; with a goal of precision the most of them.</param>
/// <param name="Engines">What the user brings for engines; null in runs of old.</param>
/// <param name="Peer">Where the other end of the network probes runs.</param>
/// <param name="Precision">Null when all blocks run.</param>
/// <param name="DiskDirectory">The host's directory that disks lie in; null: the run's scratch directory.</param>
/// <param name="NetworkOptions">What the user chose of networks, by <c>NETWORK.NAME</c>; null: nothing.</param>
public sealed record CampaignPlan(
    string Preset,
    ulong Seed,
    int Boots,
    double MarginPercent,
    IReadOnlyList<PlannedTarget> Targets,
    IReadOnlyList<string> Implementations,
    IReadOnlyList<ProbeSpecification> Probes,
    EngineSettings Engine,
    Resources Resources,
    IReadOnlyList<PlannedTrial> Trials,
    EngineChoices? Engines = null,
    PeerPlace Peer = PeerPlace.Host,
    PrecisionGoal? Precision = null,
    TrialOrder Order = TrialOrder.Interleaved,
    string? DiskDirectory = null,
    IReadOnlyDictionary<string, string>? NetworkOptions = null)
{
    /// <summary>Nominal level of the ratios' intervals.</summary>
    public double Confidence => Precision is null ? 0.95 : PrecisionGoal.Confidence;

    /// <summary>
    /// The trials as they run, in the steps after which a run may end: a block, or a single trial where targets do not take turns.
    /// </summary>
    public IEnumerable<IGrouping<int, PlannedTrial>> Steps() =>
        Trials.GroupBy(t => Order == TrialOrder.Interleaved ? t.Block : t.Position);

    /// <summary>The plan as if it had been for so many blocks: what a run that stopped there is judged by.</summary>
    public CampaignPlan Through(int blocks) => this with { Boots = blocks, Trials = [.. Trials.Where(t => t.Block <= blocks)] };

    /// <summary>The target that ratios refer to: <c>native</c> when it is there, else the first.</summary>
    public string BaselineId => BaselineOf(Targets[0] with { Network = null, Disk = null })?.Id ?? Targets[0].Id;

    /// <summary>
    /// The target that a target's ratios refer to: <c>native</c> when it is there, else the first, in the same network and with the same
    /// disk. A machine's disk is none that a process could have: then native with whatever disk it has. Null when none is.
    /// </summary>
    public PlannedTarget? BaselineOf(PlannedTarget target)
    {
        var alike = Targets.Where(t => t.Network == target.Network && t.Disk == target.Disk).ToList();
        return alike.FirstOrDefault(IsNative)
            ?? (target.Disk is null ? null : Targets.FirstOrDefault(t => IsNative(t) && t.Disk is not null))
            ?? alike.FirstOrDefault();

        static bool IsNative(PlannedTarget t) => t.Target.Engine == "native" && !t.Target.IsForeign;
    }
}
