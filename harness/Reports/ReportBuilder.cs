using System.Text;
using System.Text.Json;
using VirtualBench.Campaign;
using VirtualBench.Plan;
using VirtualBench.Protocol;
using VirtualBench.Reports.Claims;
using VirtualBench.Statistics;

namespace VirtualBench.Reports;

/// <param name="AllowOtherBinary">Form ratios between different guest programs for one architecture, too.</param>
/// <param name="VerdictsOnly">Leave out what no verdict depends on: humps, outliers and drift, which take most of the time.</param>
/// <param name="Claims">The statements to judge; null: the paper's.</param>
public sealed record ReportOptions(
    bool AllowOtherBinary = false, bool VerdictsOnly = false, IReadOnlyList<ClaimFile>? Claims = null);

/// <summary>Works out what a recording says.</summary>
public static class ReportBuilder
{
    private static readonly JsonElement NoFacts = JsonDocument.Parse("{}").RootElement;

    public static ReportDocument Build(Recording recording, ReportOptions? options = null) => Build(Samples.From(recording), options);

    public static ReportDocument Build(Samples samples, ReportOptions? options = null)
    {
        var recording = samples.Recording;
        var plan = recording.Plan;
        var baseline = plan.BaselineId;
        var targets = samples.Targets.ToDictionary(t => t.Id);
        options ??= new ReportOptions();
        var compared = ComparedCell.Of(samples, options.AllowOtherBinary);
        var family = FamilyCorrection.Over([.. compared.Select(c => c.Estimate)], plan.MarginPercent, plan.Confidence);
        var comparisons = family.Count(holm => holm is not null);
        var report = new ReportDocument(
            ReportDocument.CurrentSchema,
            new ReportRun(
                recording.RunId, recording.StartedUtc.ToUniversalTime(), plan.Seed, plan.Preset, recording.WallSeconds,
                recording.Finished, plan.Boots, plan.MarginPercent, baseline, CommandLine(plan, targets),
                samples.VirtualCpus, samples.MemoryBytes, samples.HostCpus, comparisons,
                comparisons > 0 ? Holm.FewestPairs(comparisons) : null,
                Precision(samples)),
            recording.Environment.ValueKind == JsonValueKind.Undefined ? NoFacts : recording.Environment,
            [.. samples.Targets.Select(t => new ReportTarget(
                t.Id, t.Name, t.Architecture, Clean(t.Version), t.Isolation, t.Acceleration, t.Usable, Clean(t.Reason), Clean(t.Remedy),
                t.Network))],
            Results(compared.Zip(family), !options.VerdictsOnly, targets, recording),
            [.. samples.Failures.Select(f => new ReportFailure(f.Block, f.Attempt, f.TargetId, f.Implementation, f.Probe, f.Reason))],
            [],
            [.. recording.Leaks.Select(l => Printable.Line(l))],
            StartPhases.From(recording));
        return report with { Claims = ClaimJudge.Judge(options?.Claims ?? [ClaimFile.Paper], report) };
    }

    // The checks are worth a core each; each result draws from its own seed, so that their order does not matter.
    private static IReadOnlyList<ReportResult> Results(
        IEnumerable<(ComparedCell Compared, ReportHolm? Holm)> cells, bool checks, Dictionary<string, SampledTarget> targets,
        Recording recording) => checks
            ? [.. cells.AsParallel().AsOrdered().Select(c => Result(c.Compared, c.Holm, checks, targets, recording))]
            : [.. cells.Select(c => Result(c.Compared, c.Holm, checks, targets, recording))];

    private static ReportPrecision? Precision(Samples samples)
    {
        if (samples.Recording.Plan is not { Precision: { } goal } plan)
        {
            return null;
        }

        // JSON has no infinity: a ratio without an interval is not precise, and its width not known.
        var widest = PrecisionRule.WidestPercent(samples.Cells, plan, samples.Recording.Abandoned);
        return new ReportPrecision(
            goal.Percent, PrecisionRule.IsMet(goal, widest), widest is { } w && double.IsFinite(w) ? w : null,
            goal.LeastBoots, goal.MostBoots);
    }

    private static ReportResult Result(
        ComparedCell compared, ReportHolm? holm, bool checks, Dictionary<string, SampledTarget> targets, Recording recording)
    {
        var (cell, baseline, estimate, comparison) = compared;
        var architecture = targets[cell.TargetId].Architecture;
        var key = $"{cell.Probe}/{cell.Implementation}/{cell.TargetId}";
        var random = new SplitMix64(recording.Plan.Seed ^ Hash(key));
        var values = cell.Boots.Select(b => b.Value).ToArray();
        var mixed = cell.Builds.Count > 1;
        var verdict = baseline?.TargetId == cell.TargetId ? Verdict.Baseline
            : Verdicts.Judge(estimate.Interval, recording.Plan.MarginPercent);
        string?[] reasons =
        [
            .. cell.Caveats, cell.Reason, mixed ? "its boots ran different guest binaries" : null,
            cell.Boots.Count > 0 ? estimate.Reason : null,
        ];
        return new ReportResult(
            cell.Probe.Id,
            cell.Implementation,
            new OrderedDictionary<string, string>(cell.Probe.Parameters),
            cell.TargetId,
            cell.Figure.MetricName ?? (ProbeCatalogue.IsMeasuredByHost(cell.Probe.Id) ? "host" : "work"),
            cell.Figure.Unit,
            cell.Figure.HigherIsBetter ? "higher" : "lower",
            cell.Boots.Count,
            cell.PlannedBoots,
            cell.Attempts,
            cell.FailedAttempts,
            cell.Boots.Sum(b => b.Section?.Results.Count() ?? 1),
            values.Length == 0 ? null : BootMedian.Of(values),
            Bounds(BootMedian.Bootstrap(values, bound => random.Below(bound))),
            estimate.Value,
            Bounds(estimate.Interval),
            estimate.Value is null ? null : comparison,
            Name(verdict),
            (cell.IsSimulated ? null : recording.GuestBinaries.GetValueOrDefault($"{cell.Implementation}/{architecture}"))
                ?? (cell.Builds.Count > 0 ? cell.Builds[0] : null),
            cell.State switch
            {
                CellState.Measured => "measured",
                CellState.Partial => "partial",
                CellState.Unsupported => "unsupported",
                CellState.Failed => "failed",
                _ => "not-run",
            },
            cell.State == CellState.Measured && !mixed,
            string.Join("; ", reasons.OfType<string>()) is { Length: > 0 } reason ? reason : null,
            [.. cell.Boots.Select(b => new ReportBoot(b.Block, b.Value))],
            ResultMetrics.Of(cell, bound => random.Below(bound)),
            estimate.Interval is not null && DetectableEffect.Of(estimate.Logarithms, recording.Plan.Confidence) is { } effect
                ? FigureChecks.PercentOf(effect) : null,
            holm,
            checks ? FigureChecks.Modes(cell) : null,
            checks ? FigureChecks.Outliers(cell) : null,
            checks ? FigureChecks.Drift(cell) : null,
            checks && baseline is not null ? FigureChecks.RatioDrift(cell, baseline, estimate) : null,
            baseline?.TargetId);
    }

    /// <summary>As report.json and the tables name it.</summary>
    internal static string Name(Verdict verdict) => verdict switch
    {
        Verdict.Better => "better",
        Verdict.Worse => "worse",
        Verdict.Equivalent => "equivalent",
        Verdict.Baseline => "baseline",
        _ => "inconclusive",
    };

    private static double[]? Bounds(Interval? interval) => interval is { } i ? [i.Low, i.High] : null;

    private static string? Clean(string? text) => text is null ? null : Printable.Line(text);

    private static string CommandLine(CampaignPlan plan, Dictionary<string, SampledTarget> targets)
    {
        var list = string.Join(
            ',', plan.Targets.Select(t => targets[t.Id].Name == t.UncrossedId ? t.UncrossedId : t.UncrossedId + "=" + targets[t.Id].Name)
                .Distinct());
        var probes = $"'{string.Join(',', plan.Probes)}'"; // a shell expands braces and globs
        return FormattableString.Invariant(
            $"run --preset {plan.Preset} --targets {list} --probes {probes} ")
            + FormattableString.Invariant($"--boots {plan.Precision?.LeastBoots ?? plan.Boots} ")
            + (plan.Precision is { } goal ? FormattableString.Invariant($"--precision {goal.Percent} --max-boots {goal.MostBoots} ") : "")
            + FormattableString.Invariant($"--margin {plan.MarginPercent} --seed {plan.Seed}")
            + Names(" --networks ", plan.Targets.Select(t => t.Network)) + Names(" --disks ", plan.Targets.Select(t => t.Disk))
            + (plan.Peer == PeerPlace.Guest ? " --peer guest" : "")
            + string.Concat((plan.NetworkOptions ?? new Dictionary<string, string>()).OrderBy(o => o.Key, StringComparer.Ordinal)
                .Select(o => $" --network-option {o.Key}={o.Value}"))
            + string.Concat((plan.Engines ?? EngineChoices.None).Options().Select(option => " " + option));
    }

    private static string Names(string option, IEnumerable<string?> names) =>
        names.OfType<string>().Distinct().ToList() is { Count: > 0 } given ? option + string.Join(',', given) : "";

    // FNV-1a, 64 bit: each figure gets its own random numbers, whatever else the report holds.
    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ octet) * 1099511628211UL;
        }

        return hash;
    }
}
