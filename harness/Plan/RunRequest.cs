namespace VirtualBench.Plan;

/// <summary>What the user asked a run or a plan to be; null: as the preset or the host has it.</summary>
/// <param name="Targets">Comma-separated targets, each optionally <c>name=target</c>.</param>
/// <param name="Probes">Comma-separated probe names, globs and specifications.</param>
/// <param name="Implementations">Comma-separated <c>c</c> and <c>cs</c>.</param>
/// <param name="MarginPercent">The practical margin that verdicts are given against.</param>
/// <param name="TimeBudget">No block begins that would end after this.</param>
/// <param name="TrialDeadline">How long one trial may take before it is ended.</param>
/// <param name="VirtualCpus">Processors of each guest.</param>
/// <param name="MemoryBytes">Memory of each guest.</param>
/// <param name="Cpus">The host's processors that guests run on, as <c>2-3</c>.</param>
/// <param name="Engine">How the guests measure.</param>
/// <param name="Engines">What the user brings for engines.</param>
/// <param name="Networks">Comma-separated networks that targets are crossed with, for the net.* probes.</param>
/// <param name="Disks">Comma-separated disks that targets are crossed with, for the disk.* probes.</param>
/// <param name="DiskDirectory">The host's directory that disks lie in; null: the run's scratch directory.</param>
/// <param name="Peer">Where the other end of the network probes runs.</param>
/// <param name="PrecisionPercent">Blocks are added until every ratio's interval is no wider than this to either side, %.</param>
/// <param name="MostBoots">The most blocks that are added so.</param>
/// <param name="Slowdowns">By a target's name in the run: how much more time its guests are told to take, %.</param>
/// <param name="Order">Interleaved, but where it is to be shown what becomes of it otherwise.</param>
/// <param name="NetworkOptions">What the user chose of networks, by <c>NETWORK.NAME</c>; each is valid. Null: nothing.</param>
public sealed record RunRequest(
    string Preset,
    string? Targets = null,
    string? Probes = null,
    string? Implementations = null,
    int? Boots = null,
    double MarginPercent = 5,
    TimeSpan? TimeBudget = null,
    TimeSpan? TrialDeadline = null,
    ulong? Seed = null,
    int VirtualCpus = 1,
    long MemoryBytes = 1L << 30,
    IReadOnlyList<int>? Cpus = null,
    EngineSettings? Engine = null,
    EngineChoices? Engines = null,
    string? Networks = null,
    string? Disks = null,
    PeerPlace Peer = PeerPlace.Host,
    double? PrecisionPercent = null,
    int? MostBoots = null,
    TrialOrder Order = TrialOrder.Interleaved,
    IReadOnlyDictionary<string, double>? Slowdowns = null,
    string? DiskDirectory = null,
    IReadOnlyDictionary<string, string>? NetworkOptions = null);
