using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualBench.Targets.Described;

/// <summary>
/// A file that describes an engine, as written: JSON in which comments and trailing commas are allowed. What its members mean stands in
/// <c>harness/Examples/engine.schema.json</c>; <see cref="EngineDescription"/> is what becomes of it.
/// </summary>
internal sealed record EngineFile
{
    /// <summary>For editors.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<string>? Version { get; init; }

    public IsolationMember? Isolation { get; init; }

    public string? Acceleration { get; init; }

    public IReadOnlyList<string>? Architectures { get; init; }

    public IReadOnlyList<string>? Implementations { get; init; }

    public IReadOnlyList<NeedMember>? Needs { get; init; }

    public IReadOnlyDictionary<string, string>? Images { get; init; }

    public IReadOnlyDictionary<string, string>? Values { get; init; }

    public IReadOnlyDictionary<string, VariantMember>? Variants { get; init; }

    public double? TypicalStartSeconds { get; init; }

    public long? LeastMemoryMiB { get; init; }

    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    public IReadOnlyList<string>? PassEnvironment { get; init; }

    public IReadOnlyDictionary<string, string>? Templates { get; init; }

    public IReadOnlyList<IReadOnlyList<string>>? Prepare { get; init; }

    public IReadOnlyList<string>? Start { get; init; }

    public bool? Detached { get; init; }

    public ConsoleMember? Console { get; init; }

    public EndMember? End { get; init; }

    public StopMember? Stop { get; init; }

    public IReadOnlyList<IReadOnlyList<string>>? Clean { get; init; }

    public IReadOnlyList<IReadOnlyList<string>>? Release { get; init; }

    public TimeoutsMember? Timeouts { get; init; }
}

internal sealed record IsolationMember
{
    public IReadOnlyList<string>? Layers { get; init; }

    public string? Note { get; init; }
}

/// <summary>Exactly one of program, file and root.</summary>
internal sealed record NeedMember
{
    public string? Program { get; init; }

    public string? File { get; init; }

    public bool? Root { get; init; }

    public string? Remedy { get; init; }
}

/// <summary>What a variant has instead of the engine's own; its needs and values are added to them.</summary>
internal sealed record VariantMember
{
    public IsolationMember? Isolation { get; init; }

    public string? Acceleration { get; init; }

    public IReadOnlyList<NeedMember>? Needs { get; init; }

    public IReadOnlyDictionary<string, string>? Values { get; init; }

    public IReadOnlyList<string>? Start { get; init; }
}

internal sealed record ConsoleMember
{
    public string? From { get; init; }

    public string? Path { get; init; }

    public IReadOnlyList<string>? Command { get; init; }
}

internal sealed record EndMember
{
    public string? Status { get; init; }

    public IReadOnlyList<string>? Faults { get; init; }

    public string? Over { get; init; }
}

internal sealed record StopMember
{
    public IReadOnlyList<string>? Command { get; init; }

    public double? GraceSeconds { get; init; }
}

internal sealed record TimeoutsMember
{
    public double? PrepareSeconds { get; init; }

    public double? CleanSeconds { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(EngineFile))]
internal sealed partial class EngineFileJson : JsonSerializerContext;
