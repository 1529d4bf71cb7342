using VirtualBench.Protocol;

namespace VirtualBench.Campaign;

/// <summary>Reads a run directory back.</summary>
internal static class RecordingReader
{
    /// <summary>
    /// Everything that the directory holds. A transcript that is missing or damaged makes its trial a failed one, with the reason; only a
    /// damaged run.json or journal is a <see cref="CampaignException"/>.
    /// </summary>
    public static Recording Read(RunDirectory directory)
    {
        var manifest = directory.ReadManifest();
        IReadOnlyList<JournalEntry> journal;
        try
        {
            journal = File.Exists(directory.JournalPath) ? Journal.Read(directory.JournalPath) : [];
        }
        catch (InvalidDataException e)
        {
            throw new CampaignException(Printable.Line(e.Message), e);
        }

        var planned = manifest.Plan.Trials.ToDictionary(t => t.Position);
        var ended = new List<(Plan.PlannedTrial Planned, JournalEntry Started, JournalEntry Ended)>();
        var open = new Dictionary<(int Position, int Attempt), JournalEntry>();
        foreach (var entry in journal)
        {
            if (entry is { Position: { } position, Attempt: { } attempt } && planned.TryGetValue(position, out var trial))
            {
                if (entry.Event == "trial-started")
                {
                    open[(position, attempt)] = entry;
                }
                else if (entry.Event == "trial-ended" && open.Remove((position, attempt), out var started))
                {
                    ended.Add((trial, started, entry));
                }
            }
        }

        // Transcripts are most of a run: thirty boots of a hundred cells are some ten thousand sections.
        var trials = ended.AsParallel().AsOrdered().Select(e => ReadTrial(directory, e.Planned, e.Started, e.Ended)).ToList();
        trials.AddRange(open.Select(o => new TrialRecord(
            planned[o.Key.Position] with { Probes = ProbesOf(planned[o.Key.Position], o.Value) }, o.Key.Attempt,
            new BootTimes(0, null, null, null, null, null, null), null, "the run ended before the trial did", null, Interrupted: true)));

        // A later one is of a run that was resumed with more time.
        var plan = journal.LastOrDefault(e => e.Event == "precision-ended")?.Blocks is { } blocks and > 0
            ? manifest.Plan.Through(blocks) : manifest.Plan;
        var ends = journal.Where(e => e.Event is "campaign-ended" or "interrupted").ToList();
        return new Recording(
            manifest.RunId, manifest.StartedUtc, ends.Sum(e => e.WallSeconds ?? 0),
            ends.Count > 0 && ends[^1].Event == "campaign-ended", plan, manifest.Targets, manifest.GuestBinaries,
            manifest.Environment, trials, ends.Count > 0 ? ends[^1].Leaks ?? [] : [])
        {
            Networks = manifest.Networks ?? [],
            Disks = manifest.Disks ?? [],
            Abandoned = Abandoned(journal),
        };
    }

    // A run that is resumed gives every target another chance.
    private static HashSet<string> Abandoned(IReadOnlyList<JournalEntry> journal) =>
    [
        .. journal.Reverse().TakeWhile(e => e.Event is not ("campaign-started" or "campaign-resumed"))
            .Where(e => e.Event == "target-abandoned").Select(e => e.TargetId).OfType<string>(),
    ];

    private static TrialRecord ReadTrial(RunDirectory directory, Plan.PlannedTrial planned, JournalEntry started, JournalEntry ended)
    {
        var trial = planned with { Probes = ProbesOf(planned, started) };
        var reason = ended.Reason;
        Transcript? transcript = null;
        if (started.Transcript is { } name)
        {
            try
            {
                // A name with a path in it would read outside the run directory.
                transcript = TranscriptReader.Read(TranscriptFile.Read(directory.TranscriptPath(Path.GetFileName(name))));
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                reason ??= "its transcript cannot be read: " + Printable.Line(e.Message);
            }
        }

        return new TrialRecord(
            trial, started.Attempt ?? 1, ended.Times ?? new BootTimes(0, null, null, null, null, null, null),
            ended.ExitStatus, reason, transcript,
            Interrupted: ended.Reason == Journal.InterruptedReason, ended.Usage);
    }

    private static IReadOnlyList<Plan.ProbeSpecification> ProbesOf(Plan.PlannedTrial planned, JournalEntry started) =>
        started.Probes is { } names ? [.. planned.Probes.Where(p => names.Contains(p.ToString()))] : planned.Probes;
}
