using System.Diagnostics;
using System.Text.Json;
using VirtualBench.Disks;
using VirtualBench.Guests;
using VirtualBench.Networks;
using VirtualBench.Plan;
using VirtualBench.Targets;

namespace VirtualBench.Campaign;

/// <summary>Takes a campaign from its request to a finished (or interrupted) run directory.</summary>
/// <param name="Session">Names labels and the scratch directory of this process.</param>
/// <param name="ScratchDirectory">Where trials get their own directories.</param>
/// <param name="Create">Makes a target; nothing is started yet.</param>
/// <param name="CreateNetwork">Makes a network; nothing is started yet.</param>
/// <param name="Programs">The guest program of an implementation for an architecture; null when it was not built.</param>
/// <param name="CaptureEnvironment">The host as it is now.</param>
/// <param name="AllowedCpus">The host's processors that this process may use.</param>
/// <param name="FindLeaks">What of this session is still there after everything was released.</param>
/// <param name="LockPath">The file whose lock says that a campaign runs on this host.</param>
internal sealed record CampaignHost(
    string Session,
    string ScratchDirectory,
    Func<TargetName, ITarget> Create,
    Func<string, INetwork> CreateNetwork,
    Func<string, GuestArchitecture, GuestProgram?> Programs,
    Func<JsonElement> CaptureEnvironment,
    IReadOnlyList<int> AllowedCpus,
    Func<Task<IReadOnlyList<string>>> FindLeaks,
    string LockPath)
{
    /// <summary>Makes a disk; nothing is made yet.</summary>
    public Func<string, DiskSession, IDisk> CreateDisk { get; init; } = DiskCatalogue.Create;
}

/// <summary>What came of a campaign.</summary>
/// <param name="Complete">Every planned cell has its figures and every target that the user named ran.</param>
internal sealed record CampaignOutcome(RunDirectory Directory, Recording Recording, bool Complete, bool Interrupted);

internal static class CampaignSession
{
    /// <summary>A new run.</summary>
    /// <param name="asked">The targets: those that the user named, or all that there are.</param>
    /// <param name="named">Whether the user named them.</param>
    public static async Task<CampaignOutcome> StartAsync(
        RunRequest request, IReadOnlyList<PlannedTarget> asked, bool named,
        string? outDirectory, CampaignHost host, ICampaignProgress progress,
        CancellationToken cancellation)
    {
        // All that can be wrong with the request is found before anything is started.
        var seed = request.Seed ?? unchecked((ulong)Random.Shared.NextInt64());
        var implementations = PlanBuilder.Build(request, asked, seed, host.AllowedCpus).Implementations;
        var startedUtc = DateTimeOffset.UtcNow;
        var directory = RunDirectory.Create(outDirectory, startedUtc, request.Preset);
        try
        {
            return await StartAsync(request, asked, named, directory, seed, startedUtc, implementations, host, progress, cancellation)
                .ConfigureAwait(false);
        }
        catch
        {
            directory.DiscardUnused();
            throw;
        }
    }

    private static async Task<CampaignOutcome> StartAsync(
        RunRequest request, IReadOnlyList<PlannedTarget> asked, bool named, RunDirectory directory, ulong seed, DateTimeOffset startedUtc,
        IReadOnlyList<string> implementations, CampaignHost host, ICampaignProgress progress, CancellationToken cancellation)
    {
        var elapsed = Stopwatch.StartNew();
        var preset = PlanBuilder.PresetOf(request);
        using var held = CampaignLock.Take(host.LockPath, directory.Root);
        var environment = host.CaptureEnvironment();
        var surroundings = await Surroundings.OpenAsync(asked, PlanBuilder.Probes(request), request.DiskDirectory, host, cancellation)
            .ConfigureAwait(false);
        await using var opened = surroundings.ConfigureAwait(false);
        var roster = await TargetRoster.OpenAsync(
            asked, named, host.Create, implementations, host.Programs, surroundings, progress.Say, cancellation).ConfigureAwait(false);
        await using (roster.ConfigureAwait(false))
        {
            RequireUsable(roster);
            var plan = PlanBuilder.Build(request, roster.Planned(asked), seed, host.AllowedCpus);
            directory.WriteManifest(new RunManifest(
                RunManifest.CurrentSchema, host.Session, startedUtc, typeof(CampaignSession).Assembly.GetName().Version!.ToString(3),
                Environment.GetCommandLineArgs()[1..], plan, roster.Recorded,
                Binaries(roster, implementations, host.Programs), environment, surroundings.Networks.Recorded,
                surroundings.Disks.Recorded));
            return await RunAsync(
                directory, plan, [], roster, surroundings, named, request.TrialDeadline, TimeBudget(request, preset),
                named ? null : preset.LongestStart, "campaign-started", elapsed, host, progress, cancellation).ConfigureAwait(false);
        }
    }

    // Who asks for precision does not mean the preset's promise of a short run.
    private static TimeSpan? TimeBudget(RunRequest request, Preset preset) =>
        request.TimeBudget ?? (request.PrecisionPercent is null ? preset.TimeBudget : null);

    /// <summary>Finishes an interrupted run as it was planned. Refused when the guest programs are no longer the same.</summary>
    public static async Task<CampaignOutcome> ResumeAsync(
        string path, TimeSpan? deadline, CampaignHost host, ICampaignProgress progress, CancellationToken cancellation)
    {
        var elapsed = Stopwatch.StartNew();
        var directory = RunDirectory.Open(path);
        var manifest = directory.ReadManifest();
        using var held = CampaignLock.Take(host.LockPath, directory.Root);
        var before = RecordingReader.Read(directory);
        var plan = manifest.Plan;
        var surroundings = await Surroundings.OpenAsync(plan.Targets, plan.Probes, plan.DiskDirectory, host, cancellation)
            .ConfigureAwait(false);
        await using var opened = surroundings.ConfigureAwait(false);
        var roster = await TargetRoster.OpenAsync(
            plan.Targets, named: true, host.Create, plan.Implementations, host.Programs, surroundings, progress.Say, cancellation)
            .ConfigureAwait(false);
        await using (roster.ConfigureAwait(false))
        {
            RequireUsable(roster);
            RequireUnchanged(manifest, roster, Binaries(roster, plan.Implementations, host.Programs), directory.Root);
            return await RunAsync(
                directory, plan, before.Trials, roster, surroundings, named: true, deadline, timeBudget: null, longestStart: null,
                "campaign-resumed", elapsed, host, progress, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Blocks before and after an interruption are compared with each other, so what ran them has to be the same.</summary>
    private static void RequireUnchanged(RunManifest manifest, TargetRoster roster, Dictionary<string, string> binaries, string root)
    {
        foreach (var (key, hash) in binaries)
        {
            if (manifest.GuestBinaries.TryGetValue(key, out var then) && then != hash)
            {
                throw new CampaignException(
                    $"{root} was measured with another guest program ({key}: {then[..12]}, now {hash[..12]}); "
                        + "check out and build what it was run with, or begin a new run");
            }
        }

        foreach (var now in roster.Recorded.Where(t => roster.Usable.ContainsKey(t.Id)))
        {
            var version = manifest.Targets.FirstOrDefault(t => t.Id == now.Id)?.Availability.Version;
            if (version is not null && version != now.Availability.Version)
            {
                throw new CampaignException(
                    $"{root} was measured with another {now.Id} ({version}, now {now.Availability.Version ?? "unknown"}); begin a new run");
            }
        }
    }

    private static async Task<CampaignOutcome> RunAsync(
        RunDirectory directory, CampaignPlan plan, IReadOnlyList<TrialRecord> done, TargetRoster roster, Surroundings surroundings,
        bool named, TimeSpan? deadline, TimeSpan? timeBudget, TimeSpan? longestStart, string beginning, Stopwatch elapsed, CampaignHost host,
        ICampaignProgress progress, CancellationToken cancellation)
    {
        using var journal = new Journal(directory.JournalPath);
        journal.Append(new JournalEntry(beginning, DateTimeOffset.UtcNow, Label: host.Session));
        var context = new CampaignContext(
            host.Session, directory, roster.Usable,
            (implementation, target) => host.Programs(implementation, target.Architecture)
                ?? throw new TargetException($"vbprobe-{implementation} is gone; run ./build.sh build"),
            TrialSurroundings(plan, surroundings, host), host.ScratchDirectory, deadline, timeBudget - elapsed.Elapsed, longestStart);
        var interrupted = false;
        try
        {
            await new CampaignRunner(plan, context, journal, progress).RunAsync(done, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            interrupted = true;
        }

        await roster.DisposeAsync().ConfigureAwait(false);
        await surroundings.DisposeAsync().ConfigureAwait(false);
        var leaks = await host.FindLeaks().ConfigureAwait(false);
        journal.Append(new JournalEntry(
            interrupted ? "interrupted" : "campaign-ended", DateTimeOffset.UtcNow,
            WallSeconds: elapsed.Elapsed.TotalSeconds, Leaks: leaks));
        var recording = RecordingReader.Read(directory);
        var owed = plan.Trials.Count(
            t => recording.Trials.Where(r => r.Planned.Position == t.Position).OrderBy(r => r.Attempt).LastOrDefault() is { } last
            && TrialRunner.Owed(last).Count > 0);
        var missing = named && roster.Recorded.Any(t => t.Availability is { Usable: false, Impossible: false });
        return new CampaignOutcome(directory, recording, owed == 0 && !missing && leaks.Count == 0, interrupted);
    }

    /// <summary>
    /// What guests talk to runs beside them: on the processors that are not theirs, where there are such.
    /// </summary>
    private static Func<string, TrialSurroundings> TrialSurroundings(CampaignPlan plan, Surroundings surroundings, CampaignHost host)
    {
        var (networks, disks) = (surroundings.Networks.Open, surroundings.Disks.Open);
        IReadOnlyList<int> others = [.. host.AllowedCpus.Except(plan.Resources.HostCpus)];
        var server = host.Programs("c", TargetName.HostArchitecture);
        var byTarget = plan.Targets.ToDictionary(
            t => t.Id,
            t => new TrialSurroundings(
                t.Network is { } network ? networks.GetValueOrDefault(network) : null, plan.Peer, server, others,
                NetworkSession.SwitchLabel(host.Session))
            {
                Disk = t.Disk is { } disk ? disks.GetValueOrDefault(disk) : null,
            });
        return id => byTarget[id];
    }

    private static void RequireUsable(TargetRoster roster)
    {
        if (roster.Usable.Count == 0)
        {
            throw new CampaignException(roster.Recorded is [var only]
                ? $"{only.Id} cannot run here: {only.Availability.Reason}"
                    + $"{(only.Availability.Remedy is { } remedy ? $"; try: {remedy}" : "")}"
                : "none of the targets can run here; `doctor` says why and what would change that");
        }
    }

    private static Dictionary<string, string> Binaries(
        TargetRoster roster, IReadOnlyList<string> implementations, Func<string, GuestArchitecture, GuestProgram?> programs) =>
        roster.Usable.Values.Select(t => t.Name.Architecture).Distinct()
            .SelectMany(a => implementations.Select(i => (Key: $"{i}/{TargetName.ArchitectureName(a)}", Program: programs(i, a))))
            .Where(p => p.Program is not null)
            .ToDictionary(p => p.Key, p => p.Program!.GuestBinary);
}
