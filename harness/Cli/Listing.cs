using System.Text.Json;
using System.Text.Json.Serialization;
using VirtualBench.Disks;
using VirtualBench.Networks;
using VirtualBench.Plan;

namespace VirtualBench.Cli;

/// <summary>One thing that there is.</summary>
/// <param name="Options">What may be chosen of it, one line each.</param>
internal sealed record ListedItem(
    string Name, string Summary, IReadOnlyList<string>? Details = null, IReadOnlyList<string>? Options = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<ListedItem>))]
internal sealed partial class ListingJson : JsonSerializerContext;

/// <summary>The command <c>list</c>, but for targets.</summary>
internal static class Listing
{
    public static void Write(string what, bool json, TextWriter output)
    {
        IReadOnlyList<ListedItem> items = what switch
        {
            "probes" => [.. ProbeCatalogue.All.Select(Describe)],
            "presets" => [.. Presets.All.Select(p => new ListedItem(p.Name, p.Summary, p.Probes))],
            "disks" => [.. DiskCatalogue.All.Select(d => new ListedItem(d.Usage, d.Description))],
            _ =>
            [
                new ListedItem(NetworkCatalogue.None, "no network: what every target has for all but the net.* probes"),
                .. NetworkCatalogue.All.Select(n => new ListedItem(
                    n.Usage, n.Description, Options: n.Options.Count == 0 ? null : [.. n.Options.Select(option => Describe(n, option))])),
            ],
        };
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(items, ListingJson.Default.IReadOnlyListListedItem));
            return;
        }

        var width = items.Max(i => i.Name.Length);
        foreach (var item in items)
        {
            output.WriteLine($"{item.Name.PadRight(width)}  {item.Summary}");
            if (item.Details is { Count: > 0 } details && details is not [var only] | details[0] != item.Name)
            {
                output.WriteLine($"{new string(' ', width)}    {string.Join(", ", details)}");
            }

            foreach (var option in item.Options ?? [])
            {
                output.WriteLine($"{new string(' ', width)}    {option}");
            }
        }
    }

    private static string Describe(NetworkKind network, NetworkOption option) =>
        $"{network.Name}.{option.Name}={(option.Default.Length == 0 ? "..." : option.Default)}: {option.Description} ({option.Values})";

    private static ListedItem Describe(ProbeDescription probe)
    {
        var parameters = probe.Parameters.Select(p => $"{p.Key}={p.Value}");
        return new ListedItem(
            probe.Id, $"{probe.Summary} [{probe.Figure.Unit}; {string.Join(", ", probe.Implementations)}]", [.. parameters]);
    }
}
