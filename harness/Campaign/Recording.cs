using VirtualBench.Plan;
using VirtualBench.Protocol;
using VirtualBench.Targets;

namespace VirtualBench.Campaign;

/// <summary>Host times (ns, monotonic) of one start, from the request on; null where the point was not reached.</summary>
/// <param name="RequestNs">The harness asked the engine for the instance.</param>
/// <param name="AcceptedNs">The engine took the request.</param>
/// <param name="StartedNs">The engine's process runs.</param>
/// <param name="FirstByteNs">The first byte from the guest, kernel or firmware included.</param>
/// <param name="MainNs">The first byte that the guest program's main wrote.</param>
/// <param name="LastByteNs">The last byte from the guest.</param>
/// <param name="ReleasedNs">Everything of the instance was released.</param>
public sealed record BootTimes(
    long RequestNs, long? AcceptedNs, long? StartedNs, long? FirstByteNs, long? MainNs, long? LastByteNs, long? ReleasedNs);

/// <summary>One trial as it went.</summary>
/// <param name="Attempt">From 1; a repeated trial runs only the probes that it still owes.</param>
/// <param name="Reason">Null when the trial succeeded; otherwise why it failed, one line.</param>
/// <param name="Transcript">Null when nothing was started.</param>
/// <param name="Interrupted">The user or a crash ended it: neither a success nor a failure.</param>
/// <param name="Usage">By section: what measuring it cost the host. Null where it was not watched.</param>
public sealed record TrialRecord(
    PlannedTrial Planned, int Attempt, BootTimes Times, int? ExitStatus, string? Reason, Transcript? Transcript, bool Interrupted = false,
    IReadOnlyList<SectionUsage?>? Usage = null);

/// <summary>A target of the run as it was found.</summary>
/// <param name="Refusals">By implementation: why the target cannot run its guest program. Null where it runs all.</param>
/// <param name="Network">The network that it is crossed with; null: none.</param>
/// <param name="Disk">The disk that it is crossed with; null: none.</param>
public sealed record RecordedTarget(
    string Id, TargetName Target, string Isolation, Acceleration Acceleration, Availability Availability,
    IReadOnlyDictionary<string, string>? Refusals = null, string? Network = null, string? Disk = null);

/// <summary>A network or a disk of the run as it was found.</summary>
/// <param name="Version">Of what moves the packets or the blocks; null where nothing but the engine does.</param>
/// <param name="Settings">What its figures depend on, by name.</param>
public sealed record RecordedBackEnd(string Name, string? Version, IReadOnlyDictionary<string, string> Settings);

/// <summary>Everything a run directory holds, read back: what reports are made from.</summary>
/// <param name="GuestBinaries">By implementation and architecture ("c/x64"): the hash that results are compared by.</param>
/// <param name="Environment">The host at the start, as captured; see Host/HostEnvironment.cs.</param>
/// <param name="Finished">False when the campaign was interrupted.</param>
/// <param name="Leaks">What the run could not release, as clean would list it; empty when all is well.</param>
public sealed record Recording(
    string RunId,
    DateTimeOffset StartedUtc,
    double WallSeconds,
    bool Finished,
    CampaignPlan Plan,
    IReadOnlyList<RecordedTarget> Targets,
    IReadOnlyDictionary<string, string> GuestBinaries,
    System.Text.Json.JsonElement Environment,
    IReadOnlyList<TrialRecord> Trials,
    IReadOnlyList<string> Leaks)
{
    /// <summary>The networks of the run; empty when it had none.</summary>
    public IReadOnlyList<RecordedBackEnd> Networks { get; init; } = [];

    /// <summary>The disks of the run; empty when it had none.</summary>
    public IReadOnlyList<RecordedBackEnd> Disks { get; init; } = [];

    /// <summary>Targets that were given up before the end, and not tried again since.</summary>
    public IReadOnlyCollection<string> Abandoned { get; init; } = [];

    /// <summary>What there is of a campaign while it runs: enough for its figures.</summary>
    internal static Recording Unfinished(CampaignPlan plan, IReadOnlyList<TrialRecord> trials) => new(
        "", default, 0, false, plan, [], new Dictionary<string, string>(), default, trials, []);
}
