using System.Text.Json;

namespace VirtualBench.Guests.Containers;

/// <summary>The manifest of an image that somebody else made, as far as it says whether and how the image can be used.</summary>
internal sealed record AciManifestText(string Name, IReadOnlyDictionary<string, string> Annotations)
{
    /// <exception cref="AciException">It is none, or the image is for another system.</exception>
    public static AciManifestText Parse(ReadOnlyMemory<byte> text, GuestArchitecture architecture)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            var kind = Text(root, "acKind");
            if (kind != AciImage.Kind)
            {
                throw new AciException($"its manifest is of kind '{PrintableText.Of(kind)}', not {AciImage.Kind}");
            }

            _ = Text(root, "acVersion");
            var labels = Pairs(root, "labels");
            Expect(labels, "os", "linux");
            Expect(labels, "arch", AciImage.ArchitectureLabel(architecture));
            return new AciManifestText(Text(root, "name"), Pairs(root, "annotations"));
        }
        // The second: a text that is no UTF-8.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new AciException("its manifest is no JSON", e);
        }
    }

    /// <summary>A label that is not there leaves it open.</summary>
    private static void Expect(Dictionary<string, string> labels, string label, string expected)
    {
        if (labels.TryGetValue(label, out var found) && found != expected)
        {
            throw new AciException($"it is for {label} '{PrintableText.Of(found)}', not {expected}");
        }
    }

    private static string Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new AciException($"its manifest has no {name}");

    /// <summary>An array of objects with a name and a value each; empty when it is not there.</summary>
    private static Dictionary<string, string> Pairs(JsonElement parent, string name)
    {
        var pairs = new Dictionary<string, string>();
        if (!parent.TryGetProperty(name, out var array) || array.ValueKind == JsonValueKind.Null)
        {
            return pairs;
        }

        if (array.ValueKind != JsonValueKind.Array)
        {
            throw new AciException($"the {name} of its manifest are no list");
        }

        foreach (var pair in array.EnumerateArray())
        {
            if (!pairs.TryAdd(Text(pair, "name"), Text(pair, "value")))
            {
                throw new AciException($"its manifest has the same name twice in {name}");
            }
        }

        return pairs;
    }
}
