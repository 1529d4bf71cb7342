using System.Text.Json.Serialization;

namespace VirtualBench.Guests.Containers;

// The image manifest of the App Container specification 0.8.11, as far as an image of one program needs it.

internal sealed record AciManifest(string AcKind, string AcVersion, string Name, IReadOnlyList<AciLabel> Labels, AciApp App);

internal sealed record AciLabel(string Name, string Value);

internal sealed record AciApp(IReadOnlyList<string> Exec, string User, string Group, string WorkingDirectory);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AciManifest))]
internal sealed partial class AciJson : JsonSerializerContext;
