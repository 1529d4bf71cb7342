using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualBench.Reports;

/// <summary>All that a report says; report.json is this, every other format is drawn from it.</summary>
/// <param name="Claims">What a paper or a user claims of the results, judged; none are made yet.</param>
/// <param name="Leaks">What the run could not release.</param>
/// <param name="Starts">How starts went, in phases.</param>
public sealed record ReportDocument(
    string Schema, ReportRun Run, JsonElement Host, IReadOnlyList<ReportTarget> Targets, IReadOnlyList<ReportResult> Results,
    IReadOnlyList<ReportFailure> Failures, IReadOnlyList<string> Claims, IReadOnlyList<string> Leaks,
    IReadOnlyList<ReportStart> Starts)
{
    public const string CurrentSchema = "virtualbench.report/1";
}

/// <summary>The run as a whole.</summary>
/// <param name="Finished">False when it was interrupted.</param>
/// <param name="Baseline">Id of the target that ratios refer to.</param>
/// <param name="CommandLine">What repeats the run, in the same order of trials.</param>
public sealed record ReportRun(
    string Id, DateTimeOffset StartedUtc, ulong Seed, string Preset, double WallSeconds, bool Finished, int Boots, double MarginPercent,
    string Baseline, string CommandLine, int VirtualCpus, long MemoryBytes, IReadOnlyList<int> HostCpus);

/// <param name="Engine">What it is: <c>docker:crun</c>; <paramref name="Id"/> is its name in the run.</param>
/// <param name="Acceleration"><c>none</c> (shared kernel or bare metal), <c>hardware</c> or <c>emulation</c>.</param>
public sealed record ReportTarget(
    string Id, string Engine, string Arch, string? Version, string Isolation, string Acceleration, bool Usable, string? Reason,
    string? Remedy);

/// <summary>One probe on one target.</summary>
/// <param name="Metric">The metric that the figure is; <c>work</c> when it is made of time per operation and the work in one.</param>
/// <param name="Direction"><c>higher</c> or <c>lower</c>: which is better.</param>
/// <param name="Boots">Boots that gave a figure, of <paramref name="PlannedBoots"/>.</param>
/// <param name="Median">Median of the boots' figures, in <paramref name="Unit"/>.</param>
/// <param name="Ci95">Bootstrap interval of it; null below six boots.</param>
/// <param name="Ratio">
/// Cost against the baseline: 1.10 takes 10 % longer for the same work, whether the figure is a time or a rate. For a figure that is a
/// metric of its own, the ratio of that metric, inverted where higher is better.
/// </param>
/// <param name="Comparison">
/// What the ratio compares: <c>same-binary</c>, <c>other-architecture</c> (then necessarily other code), or <c>other-binary</c> when that
/// was allowed; null without a ratio.
/// </param>
/// <param name="Verdict"><c>better</c>, <c>worse</c>, <c>equivalent</c>, <c>inconclusive</c> or <c>baseline</c>.</param>
/// <param name="State"><c>measured</c>, <c>partial</c>, <c>unsupported</c>, <c>failed</c> or <c>not-run</c>.</param>
/// <param name="Valid">Every planned boot gave a figure, and all of them ran one binary.</param>
/// <param name="Reason">Why it is not valid, has no ratio or no interval; null when there is nothing to say.</param>
public sealed record ReportResult(
    string Probe, string Implementation, IReadOnlyDictionary<string, string> Parameters, string Target, string Metric, string Unit,
    string Direction, int Boots, int PlannedBoots, int Attempts, int FailedAttempts, int Iterations, double? Median, double[]? Ci95,
    double? Ratio, double[]? RatioCi95, string? Comparison, string Verdict, string? GuestBinary, string State, bool Valid, string? Reason);

/// <summary>A start that did not give all that it was to; repeated starts do not hide it.</summary>
public sealed record ReportFailure(int Block, int Attempt, string Target, string Implementation, string? Probe, string Reason);

[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReportDocument))]
public sealed partial class ReportJson : JsonSerializerContext;
