using System.Diagnostics;
using System.Globalization;
using VirtualBench.Guests;
using VirtualBench.Plan;
using VirtualBench.Targets;

namespace VirtualBench.Campaign;

/// <summary>What a campaign runs on.</summary>
/// <param name="Targets">Usable, prepared targets by their name in the run.</param>
/// <param name="Program">The guest program for an implementation on a target.</param>
/// <param name="Surroundings">What a target's guests have besides processor and memory, by the target's name in the run.</param>
/// <param name="ScratchRoot">Where trials get their own empty directories.</param>
/// <param name="TrialDeadline">The user's own deadline for a trial; null: by the plan.</param>
/// <param name="TimeBudget">No block begins that would end after this; null: none.</param>
/// <param name="LongestStart">A target that takes longer to start is dropped after it did so once; null: none is.</param>
internal sealed record CampaignContext(
    string RunId,
    RunDirectory Directory,
    IReadOnlyDictionary<string, ITarget> Targets,
    Func<string, TargetName, GuestProgram> Program,
    Func<string, TrialSurroundings> Surroundings,
    string ScratchRoot,
    TimeSpan? TrialDeadline,
    TimeSpan? TimeBudget,
    TimeSpan? LongestStart);

/// <summary>
/// Runs the trials of a plan block by block, journalling each step. A failed trial is repeated at the end of its block for the probes that
/// it still owes; every attempt stays in the record.
/// </summary>
internal sealed class CampaignRunner(CampaignPlan plan, CampaignContext context, Journal journal, ICampaignProgress progress)
{
    /// <summary>Starts of one trial, the first included.</summary>
    public const int AttemptLimit = 3;

    /// <summary>A target that answers nothing in so many starts in a row is abandoned for the rest of the run.</summary>
    public const int AbandonAfter = 3;

    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private readonly Dictionary<(string, string), List<TimeSpan>> _durations = [];
    private readonly Dictionary<string, int> _silentStarts = [];
    private readonly HashSet<string> _abandoned = [];
    private readonly Dictionary<int, Progress> _state = [];
    private readonly List<TrialRecord> _records = [];

    /// <summary>How far a planned trial has come: starts so far, those of them that failed, and the probes still owed.</summary>
    private readonly record struct Progress(int Attempts, int Failures, IReadOnlyList<ProbeSpecification> Owed);

    /// <summary>
    /// Runs what is not yet done. Returns the number of failed attempts; cancellation is thrown after the journal says so.
    /// </summary>
    public async Task<int> RunAsync(IReadOnlyList<TrialRecord> done, CancellationToken cancellation)
    {
        foreach (var record in done.OrderBy(r => r.Attempt))
        {
            Advance(record);
        }

        progress.Began(plan, plan.Trials.Count(t => StateOf(t).Owed.Count == 0));
        var failures = 0;
        var blockTimes = new List<TimeSpan>();
        var ran = 0;
        try
        {
            foreach (var block in plan.Steps())
            {
                if (PrecisionRule.IsMet(plan, _records, ran, _abandoned))
                {
                    progress.Say(PrecisionRule.Describe(plan, ran));
                    break;
                }

                if (!Affordable(block.Key, blockTimes))
                {
                    break;
                }

                var began = _elapsed.Elapsed;
                failures += await RunBlockAsync([.. block], cancellation).ConfigureAwait(false);
                blockTimes.Add(_elapsed.Elapsed - began);
                ran++;
            }

            // What was never to be run is not missing. Short of the least number it is.
            if (plan.Precision is { } goal && ran >= goal.LeastBoots)
            {
                journal.Append(new JournalEntry("precision-ended", DateTimeOffset.UtcNow, Blocks: ran));
            }
        }
        finally
        {
            progress.Ended();
        }

        return failures;
    }

    private async Task<int> RunBlockAsync(List<PlannedTrial> block, CancellationToken cancellation)
    {
        var failures = 0;
        for (var round = 0; round < AttemptLimit; round++)
        {
            foreach (var trial in block)
            {
                if (IsDue(trial))
                {
                    var state = StateOf(trial);
                    var owed = trial with { Probes = state.Owed };
                    failures += await RunTrialAsync(owed, state.Attempts + 1, cancellation).ConfigureAwait(false) ? 0 : 1;
                }
            }
        }

        return failures;
    }

    private async Task<bool> RunTrialAsync(PlannedTrial trial, int attempt, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var name = string.Create(
            CultureInfo.InvariantCulture, $"{trial.Position:D5}-{trial.TargetId.Replace('/', '_')}-{trial.Implementation}-{attempt}.txt");
        var label = string.Create(CultureInfo.InvariantCulture, $"virtualbench-{context.RunId}-{trial.Position}-{attempt}");
        var scratch = Path.Combine(context.ScratchRoot, string.Create(CultureInfo.InvariantCulture, $"t{trial.Position}-{attempt}"));
        Directory.CreateDirectory(scratch);
        journal.Append(new JournalEntry("trial-started", DateTimeOffset.UtcNow, trial.Position, attempt, trial.TargetId, label, name,
            [.. trial.Probes.Select(p => p.ToString())]));
        progress.TrialStarted(trial, attempt);
        var began = _elapsed.Elapsed;
        TrialRecord record;
        try
        {
            var target = context.Targets[trial.TargetId];
            record = await TrialRunner.RunAsync(
                target, context.Program(trial.Implementation, target.Name), trial,
                attempt, plan, label, scratch, context.Surroundings(trial.TargetId), context.TrialDeadline, cancellation,
                progress.ProbeStarted)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            journal.Append(
                new JournalEntry("trial-ended", DateTimeOffset.UtcNow, trial.Position, attempt, Reason: Journal.InterruptedReason));
            throw;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        TranscriptFile.Write(context.Directory.TranscriptPath(name), record.Transcript?.Lines ?? []);
        journal.Append(new JournalEntry("trial-ended", DateTimeOffset.UtcNow, trial.Position, attempt, Times: record.Times,
            ExitStatus: record.ExitStatus, Reason: record.Reason, Usage: record.Usage));
        Remember(record, _elapsed.Elapsed - began);
        progress.TrialEnded(record, Remaining());
        return record.Reason is null;
    }

    private void Remember(TrialRecord record, TimeSpan took)
    {
        var trial = record.Planned;
        Advance(record);
        var cell = (trial.TargetId, trial.Implementation);
        if (!_durations.TryGetValue(cell, out var durations))
        {
            _durations[cell] = durations = [];
        }

        durations.Add(took);
        var silent = _state[trial.Position].Owed.Count == trial.Probes.Count;
        _silentStarts[trial.TargetId] = silent ? _silentStarts.GetValueOrDefault(trial.TargetId) + 1 : 0;
        if (_silentStarts[trial.TargetId] >= AbandonAfter)
        {
            Abandon(trial.TargetId, $"{AbandonAfter} starts in a row without an answer; the last: {record.Reason}");
        }
        else if (record.Times.MainNs - record.Times.RequestNs > context.LongestStart?.TotalNanoseconds)
        {
            Abandon(trial.TargetId, string.Create(CultureInfo.InvariantCulture,
                $"it takes longer than {context.LongestStart.Value.TotalSeconds:F0} s to start; "
                    + $"name it with --targets to have it all the same"));
        }
    }

    private void Abandon(string targetId, string reason)
    {
        if (_abandoned.Add(targetId))
        {
            journal.Append(new JournalEntry("target-abandoned", DateTimeOffset.UtcNow, TargetId: targetId, Reason: reason));
            progress.Say($"{targetId} is left out from here on: {reason}");
        }
    }

    private Progress StateOf(PlannedTrial trial) =>
        _state.TryGetValue(trial.Position, out var state) ? state : new Progress(0, 0, trial.Probes);

    private void Advance(TrialRecord record)
    {
        _records.Add(record);
        var failed = record.Reason is not null && !record.Interrupted;
        _state[record.Planned.Position] = new Progress(
            record.Attempt, StateOf(record.Planned).Failures + (failed ? 1 : 0), TrialRunner.Owed(record));
    }

    private bool IsDue(PlannedTrial trial) =>
        StateOf(trial) is { Owed.Count: > 0, Failures: < AttemptLimit }
            && !_abandoned.Contains(trial.TargetId) && context.Targets.ContainsKey(trial.TargetId);

    /// <summary>Whether another block fits into the time that the user gave, judged by the longest so far.</summary>
    private bool Affordable(int block, List<TimeSpan> blockTimes)
    {
        if (context.TimeBudget is not { } budget || blockTimes.Count == 0 || _elapsed.Elapsed + blockTimes.Max() <= budget)
        {
            return true;
        }

        progress.Say(string.Create(CultureInfo.InvariantCulture,
            $"the time budget of {budget.TotalSeconds:F0} s ends the run after {block - 1} of {plan.Boots} blocks"));
        return false;
    }

    private TimeSpan? Remaining()
    {
        var rest = plan.Trials.Where(IsDue).ToList();
        return rest.Any(t => !_durations.ContainsKey((t.TargetId, t.Implementation))) ? null
            : TimeSpan.FromSeconds(rest.Sum(t => _durations[(t.TargetId, t.Implementation)].Average(d => d.TotalSeconds)));
    }
}
