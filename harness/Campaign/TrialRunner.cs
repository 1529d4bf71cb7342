using System.Globalization;
using VirtualBench.Disks;
using VirtualBench.Guests;
using VirtualBench.Host;
using VirtualBench.Plan;
using VirtualBench.Protocol;
using VirtualBench.Targets;

namespace VirtualBench.Campaign;

/// <summary>Runs one trial: starts the instance, records it under a deadline, and judges what came back.</summary>
internal static class TrialRunner
{
    /// <summary>What a guest may need to start and to set a probe up, beyond measuring; emulated guests with large arrays set it.</summary>
    public static TimeSpan Deadline(EngineSettings engine, int probes) =>
        TimeSpan.FromSeconds(60) + (probes * (TimeSpan.FromSeconds(10) + TimeSpan.FromMilliseconds(4 * engine.BudgetMs)));

    /// <summary>What filling a disk may take besides: 20 MB/s, in a machine whose processor is emulated, and as much again.</summary>
    public static TimeSpan DiskFilling(IEnumerable<ProbeSpecification> probes)
    {
        const double SlowestBytesPerSecond = 10e6;
        var disk = probes.Where(p => Crossing.NeedOf(p.Id) == Need.Disk).ToList();
        return TimeSpan.FromSeconds(disk.Count * DiskSession.FileBytesOf(disk) / SlowestBytesPerSecond);
    }

    /// <summary>The guest program's arguments for these probes.</summary>
    /// <param name="slowdownPercent">How much more time the engine is to take; 0 outside of <c>selfcheck</c>.</param>
    public static IReadOnlyList<string> Arguments(
        EngineSettings engine, IReadOnlyList<ProbeSpecification> probes, double slowdownPercent = 0) =>
    [
        Invariant($"--iteration-ms={engine.IterationMs}"),
        Invariant($"--budget-ms={engine.BudgetMs}"), Invariant($"--warmup={engine.Warmup}"),
        Invariant($"--min={engine.MinIterations}"), Invariant($"--max={engine.MaxIterations}"),
        Invariant($"--error={engine.MaxRelativeErrorPercent}"),
        .. slowdownPercent > 0 ? [Invariant($"--slow={slowdownPercent}")] : Array.Empty<string>(),
        .. probes.All(p => ProbeCatalogue.IsMeasuredByHost(p.Id))
            ? ["--no-probes"]
            : ProbeCatalogue.InGuest(probes).Select(p => p.ToString()),
    ];

    /// <summary>
    /// Runs it. Everything that goes wrong is a reason in the record; only the user's own cancellation is thrown. Either way the instance
    /// is gone when this returns.
    /// </summary>
    /// <param name="surroundings">What the guest has besides processor and memory.</param>
    public static async Task<TrialRecord> RunAsync(
        ITarget target, GuestProgram program, PlannedTrial trial, int attempt, CampaignPlan plan, string label, string scratch,
        TrialSurroundings surroundings, TimeSpan? deadline, CancellationToken cancellation, Action<string>? probeBegun = null)
    {
        var limit = deadline ?? (Deadline(plan.Engine, trial.Probes.Count) + DiskFilling(trial.Probes));
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var usage = surroundings.Watch(label);
        var console = new ConsoleRecorder(timeout.Cancel, line =>
        {
            usage?.See(line);
            if (probeBegun is not null && line.StartsWith(LineGrammar.Hello, StringComparison.Ordinal))
            {
                probeBegun(ProbeOf(line));
            }
        });
        var launch = new Launch(program, Arguments(plan.Engine, trial.Probes, SlowdownOf(plan, trial)), plan.Resources, label, scratch)
        {
            Order = new LaunchOrder(trial.TargetId, trial.Position, plan.Trials.Count, attempt, plan.Seed),
        };
        InstanceEnd? end = null;
        string? reason = null;
        timeout.CancelAfter(limit);
        var requestNs = HostClock.NowNs();
        try
        {
            var connection = await surroundings.ConnectAsync(target, launch, timeout.Token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                requestNs = HostClock.NowNs();
                end = await target.RunAsync(connection.Plug(launch), console, timeout.Token).ConfigureAwait(false);
                reason = connection.Fault;
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            cancellation.ThrowIfCancellationRequested();
            reason = console.Flooded
                ? Invariant($"printed more than {ConsoleRecorder.TotalLimit >> 20} MiB and was ended")
                : Invariant($"did not finish within {limit.TotalSeconds:F0} s and was ended");
        }
        catch (TargetException e)
        {
            reason = e.Message;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or HttpRequestException)
        {
            reason = $"{target.Name}: {e.GetType().Name}: {e.Message}";
        }

        var releasedNs = HostClock.NowNs();
        var transcript = TranscriptReader.Read(console.Finish());
        var times = new BootTimes(
            requestNs, console.PhaseNs("accepted"), console.PhaseNs("started"),
            console.FirstByteNs, transcript.MainNs, console.LastByteNs, releasedNs);
        reason ??= Judge(end, transcript, trial);
        return new TrialRecord(
            trial, attempt, times, end?.ExitStatus, reason is null ? null : Printable.Line(reason), transcript, Usage: usage?.Sections);
    }

    /// <summary>Why the trial failed; null when all of it is good.</summary>
    internal static string? Judge(InstanceEnd? end, Transcript transcript, PlannedTrial trial)
    {
        var asked = ProbeCatalogue.InGuest(trial.Probes).ToList();
        var broken = transcript.Sections.FirstOrDefault(s => s.State is SectionState.Failed or SectionState.Invalid);
        return end?.Fault
            ?? (transcript.Fault is { } fault && end?.ExitStatus is { } status and not 0
                ? Invariant($"{fault} (exit status {status})")
                : transcript.Fault)
            ?? (broken is not null ? $"{broken.Probe}: {broken.Reason}" : null)
            ?? (transcript.Sections.Count != asked.Count
                ? Invariant($"{asked.Count} probes were asked for, {transcript.Sections.Count} answered")
                : null)
            ?? transcript.Sections.Zip(asked).Where(p => p.First.Probe != p.Second.Id && p.First.Probe != "unknown")
                .Select(p => $"{p.Second.Id} was asked for, {p.First.Probe} answered").FirstOrDefault()
            ?? (end?.ExitStatus is { } code and not 0 ? Invariant($"the guest program ended with status {code}") : null);
    }

    /// <summary>
    /// The probes that a trial still owes: those whose section did not arrive whole, and what the harness measures itself when the start
    /// did not come so far. A section that says "unsupported" is an answer.
    /// </summary>
    public static IReadOnlyList<ProbeSpecification> Owed(TrialRecord record)
    {
        var answered = new HashSet<string>(StringComparer.Ordinal);
        var asked = ProbeCatalogue.InGuest(record.Planned.Probes).ToList();
        foreach (var (specification, section) in asked.Zip(record.Transcript?.Sections ?? []))
        {
            if (section.Probe == specification.Id && section.State is SectionState.Complete or SectionState.Unsupported)
            {
                answered.Add(specification.ToString());
            }
        }

        return [.. record.Planned.Probes.Where(p =>
            ProbeCatalogue.IsMeasuredByHost(p.Id) ? HostFigure.Of(p.Id, record) is null : !answered.Contains(p.ToString()))];
    }

    private static double SlowdownOf(CampaignPlan plan, PlannedTrial trial) =>
        plan.Targets.FirstOrDefault(t => t.Id == trial.TargetId)?.SlowdownPercent ?? 0;

    private static string ProbeOf(string hello) =>
        LineGrammar.TryReadWords(hello, LineGrammar.Hello)?.GetValueOrDefault("probe") ?? "";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
