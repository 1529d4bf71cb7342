using System.Text.Json.Serialization;

namespace VirtualBench.Reports.Claims;

/// <summary>Statements about results, from one source; harness/Claims/claims.schema.json describes the form.</summary>
public sealed record ClaimFile(
    string Schema, string Source, IReadOnlyList<Claim> Claims, [property: JsonPropertyName("$schema")] string? JsonSchema = null)
{
    public const string CurrentSchema = "virtualbench.claims/1";

    private static readonly Lazy<ClaimFile> LazyPaper = new(() => ClaimFileReader.ReadResource("eucnc2018.json"));

    /// <summary>What the paper says that this program follows.</summary>
    public static ClaimFile Paper => LazyPaper.Value;
}

/// <summary>One statement.</summary>
/// <param name="Arch"><c>x64</c> or <c>arm64</c>, of all targets; null: any.</param>
/// <param name="Probes">Names, globs or specifications; null for <see cref="ClaimMeasure.Completion"/>.</param>
/// <param name="Targets">Groups of engines: one of each group must have run.</param>
/// <param name="Networks">One of which the targets are on; null: any.</param>
/// <param name="StandIn">An engine that is shown, never judged, where <paramref name="Against"/> cannot run.</param>
/// <param name="Low">Least ratio that the statement allows; null: no bound.</param>
/// <param name="High">Greatest ratio that the statement allows; null: no bound.</param>
/// <param name="Completes">For <see cref="ClaimMeasure.Completion"/>: what is claimed.</param>
public sealed record Claim(
    string Id, string Condition, string Statement, string Reading, IReadOnlyList<IReadOnlyList<string>> Targets, ClaimMeasure Measure,
    string? Arch = null, IReadOnlyList<string>? Probes = null, IReadOnlyList<string>? Networks = null, string? Against = null,
    string? AgainstNetwork = null, string? StandIn = null, ClaimCombination Combine = ClaimCombination.GeometricMean,
    double? Low = null, double? High = null, bool? Completes = null);

/// <summary>What a claim is about.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClaimMeasure>))]
public enum ClaimMeasure
{
    /// <summary>Ratios of cost: 1.10 takes 10 % longer.</summary>
    [JsonStringEnumMemberName("time")]
    Time,

    /// <summary>The inverse: 1.10 does 10 % more in the same time.</summary>
    [JsonStringEnumMemberName("throughput")]
    Throughput,

    /// <summary>Whether a target completes every probe that it can run.</summary>
    [JsonStringEnumMemberName("completion")]
    Completion,
}

/// <summary>How several targets count.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClaimCombination>))]
public enum ClaimCombination
{
    [JsonStringEnumMemberName("geometric-mean")]
    GeometricMean,

    [JsonStringEnumMemberName("each")]
    Each,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ClaimFile))]
internal sealed partial class ClaimFileJson : JsonSerializerContext;
