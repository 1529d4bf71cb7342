using System.Text.Json.Serialization;

namespace VirtualBench.Guests.Containers;

// The documents of the OCI image specification 1.0 and of Docker's archive format, as far as one-layer images need them. Where the
// specification writes a name with a capital, so it stands here.

internal sealed record ImageConfig(
    [property: JsonPropertyName("created")] DateTimeOffset Created,
    [property: JsonPropertyName("architecture")] string Architecture,
    [property: JsonPropertyName("variant")] string? Variant,
    [property: JsonPropertyName("os")] string Os,
    [property: JsonPropertyName("config")] ImageRunConfig Config,
    [property: JsonPropertyName("rootfs")] ImageRootFileSystem RootFs,
    [property: JsonPropertyName("history")] IReadOnlyList<ImageHistory> History);

internal sealed record ImageRunConfig(
    IReadOnlyList<string> Env, IReadOnlyList<string> Entrypoint, string WorkingDir, SortedDictionary<string, string> Labels);

internal sealed record ImageRootFileSystem(
    [property: JsonPropertyName("type")] string Type, [property: JsonPropertyName("diff_ids")] IReadOnlyList<string> DiffIds);

internal sealed record ImageHistory(
    [property: JsonPropertyName("created")] DateTimeOffset Created, [property: JsonPropertyName("created_by")] string CreatedBy);

internal sealed record Descriptor(
    [property: JsonPropertyName("mediaType")] string MediaType,
    [property: JsonPropertyName("digest")] string Digest,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("annotations")] SortedDictionary<string, string>? Annotations = null);

internal sealed record ImageManifest(
    [property: JsonPropertyName("schemaVersion")] int SchemaVersion,
    [property: JsonPropertyName("mediaType")] string MediaType,
    [property: JsonPropertyName("config")] Descriptor Config,
    [property: JsonPropertyName("layers")] IReadOnlyList<Descriptor> Layers);

internal sealed record ImageIndex(
    [property: JsonPropertyName("schemaVersion")] int SchemaVersion,
    [property: JsonPropertyName("manifests")] IReadOnlyList<Descriptor> Manifests);

internal sealed record ArchiveEntry(string Config, IReadOnlyList<string> RepoTags, IReadOnlyList<string> Layers);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageConfig))]
[JsonSerializable(typeof(ImageManifest))]
[JsonSerializable(typeof(ImageIndex))]
[JsonSerializable(typeof(ArchiveEntry[]))]
internal sealed partial class OciImageJson : JsonSerializerContext;
