using System.Text.Json;

namespace VirtualBench.Reports;

/// <summary>The captured environment as a table of names and values, and its warnings.</summary>
/// <param name="Facts">Nested names are joined by dots, lists by commas.</param>
public sealed record HostFacts(IReadOnlyList<KeyValuePair<string, string>> Facts, IReadOnlyList<string> Warnings)
{
    // CPU flags fill a page; report.json has them all.
    private const int LongestValue = 160;

    /// <summary>Reads any JSON object; what its property <c>warnings</c> lists are the warnings.</summary>
    public static HostFacts Read(JsonElement host)
    {
        var facts = new List<KeyValuePair<string, string>>();
        var warnings = new List<string>();
        if (host.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in host.EnumerateObject())
            {
                if (property.Name == "warnings" && property.Value.ValueKind == JsonValueKind.Array)
                {
                    warnings.AddRange(property.Value.EnumerateArray().Select(Plain));
                }
                else
                {
                    Flatten(property.Name, property.Value, facts);
                }
            }
        }

        return new HostFacts(facts, warnings);
    }

    /// <summary>The host's data caches, by name (<c>L2</c>) and size in bytes; none where the capture lists none.</summary>
    public static IReadOnlyList<(string Name, double Bytes)> Caches(JsonElement host)
    {
        if (host.ValueKind != JsonValueKind.Object || !host.TryGetProperty("caches", out var caches)
            || caches.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        return
        [
            .. from cache in caches.EnumerateArray()
               where cache.ValueKind == JsonValueKind.Object && cache.TryGetProperty("type", out var type)
                   && type.ValueKind == JsonValueKind.String && type.GetString() != "Instruction"
               let level = Number(cache, "level")
               let bytes = Number(cache, "sizeBytes")
               where level > 0 && bytes > 0
               select (FormattableString.Invariant($"L{level}"), bytes.Value),
        ];
    }

    private static double? Number(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
            ? number : null;

    private static void Flatten(string name, JsonElement value, List<KeyValuePair<string, string>> facts)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                Flatten(name + "." + property.Name, property.Value, facts);
            }
        }
        else if (Plain(value) is { Length: > 0 } text)
        {
            facts.Add(new(name, text.Length <= LongestValue ? text : text[..LongestValue] + "..."));
        }
    }

    private static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Plain)),
        JsonValueKind.Object => string.Join("; ", value.EnumerateObject().Select(p => p.Name + "=" + Plain(p.Value))),
        _ => value.GetRawText(),
    };
}
