using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualBench.Reports;

/// <summary>All that a report says; report.json is this, every other format is drawn from it.</summary>
/// <param name="Claims">What a paper or the user claims of such results, judged by these.</param>
/// <param name="Leaks">What the run could not release.</param>
/// <param name="Starts">How starts went, in phases.</param>
public sealed record ReportDocument(
    string Schema, ReportRun Run, JsonElement Host, IReadOnlyList<ReportTarget> Targets, IReadOnlyList<ReportResult> Results,
    IReadOnlyList<ReportFailure> Failures, IReadOnlyList<ReportClaim> Claims, IReadOnlyList<string> Leaks,
    IReadOnlyList<ReportStart> Starts)
{
    public const string CurrentSchema = "virtualbench.report/1";
}

/// <summary>The run as a whole.</summary>
/// <param name="Finished">False when it was interrupted.</param>
/// <param name="Baseline">Id of the target that ratios refer to.</param>
/// <param name="CommandLine">What repeats the run, in the same order of trials.</param>
/// <param name="Comparisons">Ratios with an interval: the family that <see cref="ReportHolm"/> corrects over.</param>
/// <param name="HolmLeastBoots">The fewest blocks with which the clearest of so many comparisons could survive the correction.</param>
/// <param name="Precision">Null unless the run was to add blocks until its ratios were precise.</param>
public sealed record ReportRun(
    string Id, DateTimeOffset StartedUtc, ulong Seed, string Preset, double WallSeconds, bool Finished, int Boots, double MarginPercent,
    string Baseline, string CommandLine, int VirtualCpus, long MemoryBytes, IReadOnlyList<int> HostCpus, int Comparisons = 0,
    int? HolmLeastBoots = null, ReportPrecision? Precision = null);

/// <summary>How <c>--precision</c> ended.</summary>
/// <param name="Percent">The half-width of every ratio's interval that was asked for, % of the ratio.</param>
/// <param name="Reached">Every ratio is that precise.</param>
/// <param name="WidestPercent">The widest half-width at the end; null when no ratio has an interval.</param>
public sealed record ReportPrecision(double Percent, bool Reached, double? WidestPercent, int LeastBoots, int MostBoots);

/// <param name="Engine">What it is: <c>docker:crun</c>; <paramref name="Id"/> is its name in the run.</param>
/// <param name="Acceleration"><c>none</c> (shared kernel or bare metal), <c>hardware</c> or <c>emulation</c>.</param>
/// <param name="Network">What joins it to its peer: <c>bridge</c>; null without a network.</param>
public sealed record ReportTarget(
    string Id, string Engine, string Arch, string? Version, string Isolation, string Acceleration, bool Usable, string? Reason,
    string? Remedy, string? Network = null);

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
/// <param name="BootFigures">Each boot's figure, by block: what the median and the ratio are made of.</param>
/// <param name="Metrics">What else the probe reports; the work in an operation is not among them.</param>
/// <param name="MinimumDetectableEffect">
/// The least true difference from the baseline, %, that such a comparison (this spread within its blocks, this many of them) tells from
/// none in 80 of 100 runs. To be called better or worse a difference has to exceed the margin by as much. Null without an interval.
/// </param>
/// <param name="Holm">The verdict in view of all others of the run; null without an interval.</param>
/// <param name="Modes">Whether the figure is one hump or several; null without figures.</param>
/// <param name="Outliers">Boots whose figure stands apart; they are part of every figure. Null without figures.</param>
/// <param name="Drift">How the figure moved over the blocks; null below six boots.</param>
/// <param name="Baseline">Id of the target that the ratio refers to, in the same network and with a like disk; null without one.</param>
/// <param name="RatioDrift">How the ratio did: what falls on target and baseline alike is not in it. Null below six pairs.</param>
public sealed record ReportResult(
    string Probe, string Implementation, IReadOnlyDictionary<string, string> Parameters, string Target, string Metric, string Unit,
    string Direction, int Boots, int PlannedBoots, int Attempts, int FailedAttempts, int Iterations, double? Median, double[]? Ci95,
    double? Ratio, double[]? RatioCi95, string? Comparison, string Verdict, string? GuestBinary, string State, bool Valid, string? Reason,
    IReadOnlyList<ReportBoot> BootFigures, IReadOnlyList<ReportMetric> Metrics,
    double? MinimumDetectableEffect = null, ReportHolm? Holm = null, ReportModes? Modes = null,
    IReadOnlyList<ReportOutlier>? Outliers = null, ReportDrift? Drift = null, ReportDrift? RatioDrift = null,
    string? Baseline = null);

/// <summary>A comparison among all of the run: <see cref="ReportResult.Verdict"/> is judged by itself, this over the family.</summary>
/// <param name="PValue">Of the hypothesis that the cost differs by no more than the margin, two-sided.</param>
/// <param name="AdjustedPValue">After Holm's correction over all comparisons of the run.</param>
/// <param name="Survives">The difference beyond the margin holds at 5 % for the whole family.</param>
/// <param name="Attainable">Whether so few blocks could survive at all; when not, <paramref name="Survives"/> says nothing.</param>
public sealed record ReportHolm(double PValue, double AdjustedPValue, bool Survives, bool Attainable);

/// <summary>The humps of a distribution, by where they are highest, in the result's unit, ascending.</summary>
/// <param name="Boots">Of the boots' figures; null when there are too few to tell.</param>
/// <param name="Iterations">Of all iterations of all boots; null for what is not made of iterations, and when there are too few.</param>
public sealed record ReportModes(IReadOnlyList<double>? Boots, IReadOnlyList<double>? Iterations)
{
    /// <summary>Either has more than one: a single figure does not describe it.</summary>
    public bool Several => Boots?.Count > 1 || Iterations?.Count > 1;
}

/// <summary>A boot whose figure stands apart from the others', beyond Tukey's fences.</summary>
/// <param name="Value">In the result's unit.</param>
/// <param name="Side"><c>high</c> or <c>low</c>.</param>
public sealed record ReportOutlier(int Block, double Value, string Side);

/// <summary>How a figure moved over the blocks of a run.</summary>
/// <param name="Trend"><c>up</c> or <c>down</c> where the trend test finds one at 1 %, else <c>none</c>.</param>
/// <param name="TrendPValue">Mann and Kendall's test, two-sided.</param>
/// <param name="ChangeBlock">The first block at another level, where the change-point test finds one at 1 %; else null.</param>
/// <param name="ChangePValue">Pettitt's test.</param>
/// <param name="ChangePercent">The median after the change against the one before it, %; null when there is no change.</param>
public sealed record ReportDrift(string Trend, double TrendPValue, int? ChangeBlock, double ChangePValue, double? ChangePercent);

/// <summary>The figure of one boot, in its result's unit.</summary>
public sealed record ReportBoot(int Block, double Figure);

/// <summary>Something that a probe reports besides its figure.</summary>
/// <param name="Name">As the guest names it: <c>rtt.p99</c>.</param>
/// <param name="Boots">Boots that reported it.</param>
/// <param name="Median">Over those boots, in <paramref name="Unit"/>.</param>
/// <param name="Ci95">Bootstrap interval of it; null below six boots.</param>
public sealed record ReportMetric(string Name, string Unit, int Boots, double Median, double[]? Ci95);

/// <summary>A statement about results, and what these say of it.</summary>
/// <param name="Reading">The statement as a test, in words.</param>
/// <param name="Outcome"><c>reproduced</c>, <c>contradicted</c>, <c>inconclusive</c> or <c>not-testable</c>.</param>
/// <param name="Reason">What the outcome rests on, or why there is none; one line.</param>
/// <param name="Evidence">The ratios that bear on it.</param>
public sealed record ReportClaim(
    string Id, string Source, string Condition, string Statement, string Reading, string Outcome, string Reason,
    IReadOnlyList<ReportEvidence> Evidence);

/// <summary>One ratio that bears on a claim.</summary>
/// <param name="What">What was compared with what, in words.</param>
/// <param name="Judged">False for figures that are only shown, such as an emulator's in a hypervisor's place.</param>
public sealed record ReportEvidence(string What, double? Ratio, double[]? RatioCi95, bool Judged, string? Reason);

/// <summary>A start that did not give all that it was to; repeated starts do not hide it.</summary>
public sealed record ReportFailure(int Block, int Attempt, string Target, string Implementation, string? Probe, string Reason);

[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ReportDocument))]
public sealed partial class ReportJson : JsonSerializerContext;
