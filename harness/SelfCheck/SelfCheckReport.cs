using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualBench.SelfCheck;

/// <summary>What a self-check found; selfcheck.json is this.</summary>
/// <param name="Simulated">The figures were drawn at random: this is about the statistics, not about a machine.</param>
/// <param name="Order"><c>interleaved</c> or <c>sequential</c>.</param>
/// <param name="Disturbed">Other work began on the host half way through each campaign, on purpose.</param>
/// <param name="Same">The target against itself: each verdict of better or worse is a false alarm.</param>
/// <param name="Slowed">Against itself slowed down: a verdict of worse is right.</param>
/// <param name="Probes">The same for each probe.</param>
public sealed record SelfCheckReport(
    string Schema, string Target, bool Simulated, DateTimeOffset StartedUtc, double WallSeconds, ulong Seed, int Campaigns, string Preset,
    int Boots, double? PrecisionPercent, double MarginPercent, double SlowdownPercent, string Order, bool Disturbed,
    SelfCheckCounts Same, SelfCheckCounts Slowed, IReadOnlyList<SelfCheckProbe> Probes, JsonElement? Host)
{
    public const string CurrentSchema = "virtualbench.selfcheck/1";
}

/// <summary>One probe of a self-check.</summary>
public sealed record SelfCheckProbe(string Probe, string Implementation, SelfCheckCounts Same, SelfCheckCounts Slowed);

/// <summary>What was said of comparisons whose true ratio is known.</summary>
/// <param name="WithoutInterval">Comparisons that gave none: too many boots failed.</param>
/// <param name="Different">Verdicts of better and worse.</param>
/// <param name="CalledWorse">Verdicts of worse.</param>
/// <param name="SurviveHolm">Comparisons that survive the correction over all of their campaign.</param>
/// <param name="Coverage">Intervals that hold the true ratio.</param>
/// <param name="MedianRatio">Of the estimates.</param>
/// <param name="MedianDetectablePercent">Of the minimum detectable effects that the reports state, %.</param>
/// <param name="MeanBoots">Blocks of a comparison.</param>
public sealed record SelfCheckCounts(
    double TrueRatio, int Comparisons, int WithoutInterval, int Worse, int Better, int Equivalent, int Inconclusive,
    SelfCheckRate Different, SelfCheckRate CalledWorse, SelfCheckRate SurviveHolm, SelfCheckRate Coverage, double? MedianRatio,
    double? MedianDetectablePercent, double MeanBoots);

/// <param name="Ci95">
/// Clopper and Pearson's interval, as if the comparisons were independent; those of one campaign share a baseline and are not quite.
/// </param>
public sealed record SelfCheckRate(int Count, int Of, double? Rate, double[] Ci95);

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SelfCheckReport))]
internal sealed partial class SelfCheckJson : JsonSerializerContext;
