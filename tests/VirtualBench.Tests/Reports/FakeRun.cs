using System.Globalization;
using System.Text.Json;
using VirtualBench.Campaign;
using VirtualBench.Plan;
using VirtualBench.Protocol;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Reports;

/// <summary>What a guest answers when it is asked for a probe.</summary>
internal sealed record Answer(
    double[] NsPerOperation, long Operations = 1000, double Work = 1, string? Unit = null, string? Error = null, string? Unsupported = null,
    bool CutOff = false, string Build = "aaaa", IReadOnlyList<Metric>? Metrics = null, string? Note = null)
{
    public static Answer Times(params double[] ns) => new(ns);
}

/// <summary>
/// A run as a campaign would have recorded it: the guests' lines are written out and go through the transcript reader, so that what reports
/// are made of here is what they are made of in earnest.
/// </summary>
internal sealed class FakeRun
{
    public string[] Targets { get; init; } = ["native", "docker"];

    public string[] Implementations { get; init; } = ["c"];

    public string[] Probes { get; init; } = ["cpu.primes"];

    public int Boots { get; init; } = 6;

    public double MarginPercent { get; init; } = 5;

    public ulong Seed { get; init; } = 42;

    public bool Finished { get; init; } = true;

    public string Environment { get; init; } = """{"cpu":{"model":"Test CPU"},"warnings":["the host is busy"]}""";

    public EngineSettings Engine { get; init; } = new(15, 150, 2, 5, 10, 2);

    public IReadOnlyList<string> Leaks { get; init; } = [];

    /// <summary>By target, probe, block and attempt. Null: the instance printed nothing at all.</summary>
    public Func<string, ProbeSpecification, int, int, Answer?> Guest { get; init; } = (_, _, _, _) => Answer.Times(1000, 1010, 990);

    /// <summary>Targets that are part of the run's record but could not be used.</summary>
    public RecordedTarget[] Others { get; init; } = [];

    /// <summary>Blocks that were never begun.</summary>
    public int SkippedBlocks { get; init; }

    public Recording Record()
    {
        var targets = Targets.Select(t => t.Split('=') is [var id, var name] ? Planned(id, name) : Planned(t, t)).ToList();
        var probes = Probes.Select(p =>
            ProbeSelection.TryParse(p, out var s, out var e) ? s : throw new InvalidOperationException(e)).ToList();
        var trials = BlockOrder.Make(Seed, Boots, targets, Implementations, probes);
        var plan = new CampaignPlan(
            "quick", Seed, Boots, MarginPercent, targets, Implementations, probes, Engine,
            new Resources(1, 256 << 20, []), trials);
        var recorded = targets.Select(t => new RecordedTarget(
            t.Id, t.Target, "namespaces",
            t.Target.Engine.StartsWith("qemu", StringComparison.Ordinal) ? Acceleration.Emulation : Acceleration.None,
            new Availability(true, "1.0")));
        return new Recording(
            "20261123-1", new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero), 75.25, Finished, plan, [.. recorded, .. Others],
            new Dictionary<string, string> { ["c/x64"] = "aaaa", ["c/arm64"] = "bbbb", ["cs/x64"] = "cccc" },
            JsonDocument.Parse(Environment).RootElement,
            [.. trials.Where(t => t.Block <= Boots - SkippedBlocks).SelectMany(Attempts)], Leaks);
    }

    /// <summary>The figure of cpu.primes (events/s) for a time per operation.</summary>
    public static double EventsPerSecond(double nsPerOperation) => 1e9 / nsPerOperation;

    private static PlannedTarget Planned(string id, string name) =>
        new(id, TargetName.TryParse(name, out var target) ? target : throw new InvalidOperationException(name));

    private IEnumerable<TrialRecord> Attempts(PlannedTrial planned)
    {
        var trial = planned;
        for (var attempt = 1; attempt <= CampaignRunner.AttemptLimit && trial.Probes.Count > 0; attempt++)
        {
            var record = Attempt(trial, attempt);
            yield return record;
            trial = trial with { Probes = TrialRunner.Owed(record) };
        }
    }

    private TrialRecord Attempt(PlannedTrial trial, int attempt)
    {
        var answers = trial.Probes.Where(p => !ProbeCatalogue.IsMeasuredByHost(p.Id))
            .Select(p => (Probe: p, Answer: Guest(trial.TargetId, p, trial.Block, attempt))).ToList();
        var lines = answers.Exists(a => a.Answer is null) ? [] : Print(answers!, trial.Implementation);
        var console = lines.Select((text, i) => new ConsoleLine(1_000_000 + (i * 10), text)).ToList();
        var transcript = TranscriptReader.Read(console);
        var status = transcript.Sections.All(s => s.State is SectionState.Complete or SectionState.Unsupported) ? 0 : 1;
        return new TrialRecord(
            trial, attempt, new BootTimes(500_000, null, null, 900_000, transcript.MainNs, 2_000_000, 2_100_000), status,
            TrialRunner.Judge(new InstanceEnd(status, null), transcript, trial), transcript);
    }

    private static List<string> Print(List<(ProbeSpecification Probe, Answer Answer)> answers, string implementation)
    {
        var lines = new List<string> { "SeaBIOS (version 1.16)", $"// VB: main version=1 impl={implementation} arch=x86_64 build=aaaa" };
        var failed = 0;
        foreach (var (probe, answer) in answers)
        {
            var section = Section(probe, answer, implementation);
            var crc = new Crc32();
            foreach (var line in section)
            {
                crc.AddLine(line);
            }

            if (answer.CutOff)
            {
                lines.AddRange(section.Take(section.Count - 2));
                failed++;
                continue;
            }

            lines.AddRange(section);
            lines.Add(FormattableString.Invariant($"// VB: crc={crc.Value:x8} lines={section.Count} nowNs={10 * section.Count}"));
            failed += answer.Error is null ? 0 : 1;
            if (answer.Error is null && answer.Unsupported is null)
            {
                lines.Add("// AfterAll");
            }
        }

        lines.Add($"// VB: end sections={answers.Count} failed={failed}");
        return lines;
    }

    private static List<string> Section(ProbeSpecification probe, Answer answer, string implementation)
    {
        var parameters = probe.Parameters.Count == 0 ? "-" : string.Join(',', probe.Parameters.Select(p => p.Key + "=" + p.Value));
        var lines = new List<string>
        {
            "// BeforeAnythingElse",
            $"// VB: hello version=1 probe={probe.Id} params={parameters} impl={implementation} arch=x86_64 " +
            $"clock=tsc clockHz=2000000000 build={answer.Build} nowNs=0",
        };
        if ((answer.Error ?? answer.Unsupported) is not null)
        {
            lines.Add(answer.Error is null ? "// VB: unsupported reason=" + answer.Unsupported : "// VB: error reason=" + answer.Error);
            return lines;
        }

        if (answer.Note is not null)
        {
            lines.Add("// VB: note " + answer.Note);
        }

        lines.Add(Measured("OverheadJitting", 1, 1, 100));
        lines.Add(Measured("WorkloadWarmup", 1, answer.Operations, 7777 * answer.Operations));
        lines.Add("// BeforeActualRun");
        lines.AddRange(answer.NsPerOperation.Select((ns, i) =>
            Measured("WorkloadActual", i + 1, answer.Operations, (ns + 1) * answer.Operations)));
        lines.Add("// AfterActualRun");
        lines.AddRange(answer.NsPerOperation.Select((ns, i) =>
            Measured("WorkloadResult", i + 1, answer.Operations, ns * answer.Operations)));
        var unit = answer.Unit ?? ProbeCatalogue.Find(probe.Id)!.Figure.Work;
        if (unit is not null)
        {
            lines.Add(FormattableString.Invariant($"// VB: metric name=work value={answer.Work:R} unit={unit}"));
        }

        lines.AddRange((answer.Metrics ?? []).Select(m =>
            FormattableString.Invariant($"// VB: metric name={m.Name} value={m.Value:R} unit={m.Unit}")));
        return lines;
    }

    private static string Measured(string stage, int index, long operations, double nanoseconds) => string.Create(
        CultureInfo.InvariantCulture, $"{stage,-15}{index,2}: {operations} op, {nanoseconds:F2} ns, {nanoseconds / operations:F4} ns/op");
}
