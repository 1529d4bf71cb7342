using System.Text.Json.Serialization;

namespace VirtualBench.Reports.Comparison;

/// <summary>How a run compares with an earlier one; every output format is drawn from it.</summary>
/// <param name="By">
/// What was compared: <c>figures</c> as they are, or, between hosts, each run's ratios to its own <c>baseline</c>.
/// </param>
/// <param name="Differences">What differs between the runs and was allowed to.</param>
/// <param name="Unshared">What only one of the runs was to have, a line for each probe.</param>
public sealed record ComparisonDocument(
    string Schema, ComparedRun Before, ComparedRun After, double MarginPercent, string By, IReadOnlyList<Difference> Differences,
    IReadOnlyList<ComparedResult> Results, IReadOnlyList<string> Unshared)
{
    public const string CurrentSchema = "virtualbench.compare/1";

    /// <summary>Whether anything costs more than it did, or is gone.</summary>
    [JsonIgnore]
    public bool GotWorse => Results.Any(r => r.Verdict is "worse" or "lost");

    /// <summary>How to read a ratio; no markup.</summary>
    [JsonIgnore]
    public string Legend =>
        "Ratios are of time (cost), after over before"
        + (By == "baseline" ? ", of what each boot took against the baseline of its own run" : "")
        + ": 1.10 takes 10 % longer. Brackets hold the 95 % interval (Mann-Whitney, the boots of both runs); "
        + FormattableString.Invariant($"the verdict is against a margin of {MarginPercent} %. ")
        + "What drifted between the runs is in no interval.";
}

/// <param name="Source">The run directory or file.</param>
public sealed record ComparedRun(string Source, string Id, DateTimeOffset StartedUtc);

/// <summary>One probe on one target, before and after.</summary>
/// <param name="BeforeMedian">In <paramref name="Unit"/>, or a ratio to the baseline; null where there is none.</param>
/// <param name="Ratio">Cost after over before: 1.10 takes 10 % longer.</param>
/// <param name="Verdict">
/// <c>better</c>, <c>worse</c>, <c>equivalent</c>, <c>inconclusive</c>, or <c>lost</c>: it had a figure and has none.
/// </param>
/// <param name="Caveats">Kinds of differences that were allowed and bear on it.</param>
public sealed record ComparedResult(
    string Probe, string Implementation, string Target, string Unit, string Direction, double? BeforeMedian, int BeforeBoots,
    double? AfterMedian, int AfterBoots, double? Ratio, double[]? RatioCi95, string Verdict, IReadOnlyList<string> Caveats, string? Reason)
{
    /// <summary>Ratio, interval, verdict, and what speaks against them; no markup.</summary>
    [JsonIgnore]
    public string Words => string.Join(" ", new[]
    {
        RatioWords, Verdict, Remark.Length == 0 ? "" : $"({Remark})",
    }.Where(w => w.Length > 0));

    /// <summary>Ratio and interval; empty without a ratio.</summary>
    [JsonIgnore]
    public string RatioWords =>
        Ratio is { } value ? $"{Text.Ratio(value)} {ReportMatrix.Interval(RatioCi95, Text.Ratio)}".TrimEnd() : "";

    /// <summary>Caveats and reason in one line; empty when there is neither.</summary>
    [JsonIgnore]
    public string Remark => string.Join("; ", Caveats.Select(c => c == Difference.Resources ? "other resources" : "other " + c).Concat(
        Reason is null ? [] : [Reason]));
}

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ComparisonDocument))]
public sealed partial class ComparisonJson : JsonSerializerContext;
