using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using VirtualBench.Targets;

namespace VirtualBench.Cli;

/// <summary>One engine in <c>list targets --json</c>.</summary>
/// <param name="Details">The targets that are tried when the user names none.</param>
/// <param name="Images">What the user brings for it with <c>--image</c>: name, what it is.</param>
/// <param name="Targets">What was found of each, without starting a guest.</param>
internal sealed record ListedEngine(
    string Name, string Summary, IReadOnlyList<string> Details, IReadOnlyDictionary<string, string> Images,
    IReadOnlyList<Diagnosis> Targets);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<ListedEngine>))]
internal sealed partial class TargetListingJson : JsonSerializerContext;

/// <summary>
/// The command <c>list targets</c>: every engine, and of each of its targets what can be told by looking. Whether a guest really starts is
/// for <c>doctor</c> to find out.
/// </summary>
internal static class TargetListing
{
    public static async Task WriteAsync(
        TargetCatalogue catalogue, TargetSession session, bool json, TextWriter output, CancellationToken cancellation)
    {
        var engines = new List<ListedEngine>();
        foreach (var kind in catalogue.Kinds)
        {
            var targets = new List<Diagnosis>();
            foreach (var name in kind.Names)
            {
                targets.Add(await Doctor.DiagnoseAsync(
                    catalogue.Create(catalogue.Parse(name), session), target => target.FindAsync(cancellation)).ConfigureAwait(false));
            }

            engines.Add(new ListedEngine(kind.Engine, kind.Description, kind.Names, kind.Images, targets));
        }

        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(engines, TargetListingJson.Default.IReadOnlyListListedEngine));
            return;
        }

        foreach (var engine in engines)
        {
            output.WriteLine($"{engine.Name}: {engine.Summary}");
            foreach (var (image, what) in engine.Images)
            {
                output.WriteLine($"  takes --image {image}=FILE: {what}");
            }

            foreach (var target in engine.Targets)
            {
                Write(target, output);
            }
        }

        output.WriteLine("found by looking; `doctor` starts a guest on each");
    }

    private static void Write(Diagnosis target, TextWriter output)
    {
        var state = target.Usable ? "found" : "missing";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {target.Target,-18} {state,-8} {target.Version}").TrimEnd());
        output.WriteLine($"  {"",-18} isolates: {target.Isolation}; acceleration: {target.Acceleration}");
        var remedy = target.Remedy is null ? "" : $" (try: {target.Remedy})";
        if (target.Reason is { } reason)
        {
            output.WriteLine($"  {"",-18} {reason}{remedy}");
        }
    }
}
