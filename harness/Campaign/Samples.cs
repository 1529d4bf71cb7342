using VirtualBench.Plan;
using VirtualBench.Protocol;
using VirtualBench.Targets;

namespace VirtualBench.Campaign;

/// <summary>What became of a probe on a target.</summary>
public enum CellState
{
    /// <summary>Every planned boot has a figure.</summary>
    Measured,

    /// <summary>Some planned boots have none.</summary>
    Partial,

    /// <summary>The guest cannot run the probe there.</summary>
    Unsupported,

    /// <summary>Every boot that was tried failed.</summary>
    Failed,

    /// <summary>No boot was tried.</summary>
    NotRun,
}

/// <summary>One boot's figure: that of the attempt which completed.</summary>
/// <param name="Value">In the unit of the probe's figure.</param>
/// <param name="Section">What the guest reported; null for what the host measures itself.</param>
/// <param name="Trial">The attempt.</param>
/// <param name="Usage">What the section cost the host; null where it was not watched.</param>
public sealed record BootFigure(int Block, double Value, Section? Section, TrialRecord Trial, SectionUsage? Usage = null)
{
    /// <summary>What else the section says, and what it cost the host: see <see cref="HostCost"/>.</summary>
    public IReadOnlyList<Metric> Metrics { get; } = Section is null ? [] : [.. Section.Metrics, .. HostCost.Of(Section, Usage)];
}

/// <summary>A probe with its parameters, of one implementation, on one target.</summary>
/// <param name="Boots">By block.</param>
/// <param name="Attempts">Starts in which the probe was to run, repeated ones included.</param>
/// <param name="FailedAttempts">Those of them that gave neither a figure nor the answer that the guest cannot run it.</param>
/// <param name="Reason">Why boots are missing, one line; null when none is.</param>
public sealed record Cell(
    ProbeSpecification Probe, ProbeFigure Figure, string Implementation, string TargetId, IReadOnlyList<BootFigure> Boots, int PlannedBoots,
    int Attempts, int FailedAttempts, CellState State, string? Reason)
{
    /// <summary>The archive hashes that the guests said they were linked with; more than one means that boots ran different code.</summary>
    public IReadOnlyList<string> Builds { get; } = [.. Boots.Select(b => b.Section?.Build).OfType<string>().Distinct()];

    /// <summary>No guest program gave the figures.</summary>
    public bool IsSimulated { get; } = Boots.Any(b => b.Section?.Notes.ContainsKey(SectionNotes.Simulated) == true);

    /// <summary>Why the figures are not those of a machine as it is, by the guests' notes; empty for what was measured.</summary>
    public IReadOnlyList<string> Caveats { get; } =
    [
        .. Boots.SelectMany(b => b.Trial.Transcript?.Sections ?? []).SelectMany(s => s.Notes).Distinct().Select(note => note.Key switch
        {
            SectionNotes.Simulated => "simulated, not measured",
            SectionNotes.Slow => $"slowed down by {Printable.Line(note.Value)} on purpose",
            _ => null,
        }).OfType<string>(),
    ];
}

/// <summary>A target as reports show it.</summary>
/// <param name="Name">What it is, in the command line's grammar: <c>docker:crun</c>.</param>
/// <param name="Architecture"><c>x64</c> or <c>arm64</c>.</param>
/// <param name="Acceleration"><c>none</c>, <c>hardware</c> or <c>emulation</c>.</param>
public sealed record SampledTarget(
    string Id, string Name, string Architecture, string? Version, string Isolation, string Acceleration, bool Usable, string? Reason,
    string? Remedy, string? Network = null, string? Disk = null);

/// <summary>A start that did not give all that it was to.</summary>
/// <param name="Probe">The probe that failed; null when the start as a whole did.</param>
public sealed record FailedAttempt(int Block, int Attempt, string TargetId, string Implementation, string? Probe, string Reason);

/// <summary>The figures of a recording, probe by probe and boot by boot.</summary>
/// <param name="Cells">In the order of the plan: probes, then implementations, then targets.</param>
public sealed record Samples(
    Recording Recording, IReadOnlyList<SampledTarget> Targets, IReadOnlyList<Cell> Cells, IReadOnlyList<FailedAttempt> Failures,
    int VirtualCpus, long MemoryBytes, IReadOnlyList<int> HostCpus)
{
    /// <summary>Reads the figures out of a recording. A boot counts once, by the attempt that completed the probe.</summary>
    public static Samples From(Recording recording)
    {
        var planned = recording.Plan.Trials.ToLookup(t => (t.TargetId, t.Implementation));
        var attempts = recording.Trials.ToLookup(t => t.Planned.Position);
        var refusals = recording.Targets.SelectMany(t => (t.Refusals ?? new Dictionary<string, string>())
            .Select(r => (t.Id, Implementation: r.Key, Reason: r.Value))).ToDictionary(r => (r.Id, r.Implementation), r => r.Reason);
        var cells =
            from probe in recording.Plan.Probes
            from implementation in recording.Plan.Implementations
            from target in recording.Plan.Targets
            let trials = planned[(target.Id, implementation)].Where(t => t.Probes.Contains(probe)).OrderBy(t => t.Block).ToList()
            let refusal = refusals.GetValueOrDefault((target.Id, implementation))
            let exists = ProbeCatalogue.Find(probe.Id)?.Implementations.Contains(implementation) == true
            where trials.Count > 0 || (refusal is not null && exists && Crossing.Runs(target, probe))
            select trials.Count > 0
                ? SampleReader.Read(probe, implementation, target.Id, trials, attempts)
                : SampleReader.Refused(probe, implementation, target.Id, recording.Plan.Boots, refusal!);
        var resources = recording.Plan.Resources;
        return new Samples(
            recording, [.. recording.Targets.Select(Describe)], [.. cells], [.. recording.Trials.SelectMany(SampleReader.Failures)],
            resources.VirtualCpus, resources.MemoryBytes, resources.HostCpus);
    }

    private static SampledTarget Describe(RecordedTarget target) => new(
        target.Id, target.Target.ToString(), TargetName.ArchitectureName(target.Target.Architecture), target.Availability.Version,
        target.Isolation, target.Acceleration switch
        {
            Acceleration.None => "none",
            Acceleration.Hardware => "hardware",
            _ => "emulation",
        },
        target.Availability.Usable, target.Availability.Reason, target.Availability.Remedy, target.Network, target.Disk);
}
