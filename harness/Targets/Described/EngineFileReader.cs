using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Described;

/// <summary>
/// Reads the JSON of a description. What System.Text.Json says of a mistake names .NET types; the user gets the member, the line and what
/// belongs there.
/// </summary>
internal static partial class EngineFileReader
{
    /// <exception cref="TargetException">It is no JSON, or has a member that is unknown, doubled or of the wrong kind.</exception>
    public static EngineFile Read(string file, ReadOnlySpan<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, EngineFileJson.Default.EngineFile)
                ?? throw new TargetException($"{file}: an object is wanted, in {{}}, and not null");
        }
        catch (JsonException e)
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{file}:{(e.LineNumber ?? 0) + 1}");
            throw new TargetException($"{line}: {Explain(e)}", e);
        }
    }

    private static string Explain(JsonException e)
    {
        IReadOnlyList<string> steps = [.. Step().Matches(e.Path ?? "").Select(match => match.Groups["step"].Value)];
        var member = (e.Path ?? "").TrimStart('$').TrimStart('.');
        if (e.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal))
        {
            var wanted = WantedOf(TypeAt(steps));
            return member.Length == 0 ? $"{wanted} is wanted" : $"{member}: {wanted} is wanted here";
        }

        if (e.Message.StartsWith("Duplicate property", StringComparison.Ordinal))
        {
            return $"{member} stands there twice";
        }

        if (e.Message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            IReadOnlyList<string> there = [.. TypeAt([.. steps.SkipLast(1)])?.Properties.Select(property => property.Name) ?? []];
            return Spelling.Near(steps[^1], there) is { } near
                ? $"there is no member {member}: did you mean {near}?"
                : $"there is no member {member}: there are {string.Join(", ", there)}";
        }

        var why = e.Message.Split(" Path: ")[0].TrimEnd('.');
        return $"this is no JSON: {ErrorTail.Clean(why)}";
    }

    /// <summary>What belongs at the end of a path; null when nothing does.</summary>
    private static JsonTypeInfo? TypeAt(IReadOnlyList<string> steps)
    {
        JsonTypeInfo? type = EngineFileJson.Default.EngineFile;
        foreach (var step in steps)
        {
            var next = type?.Kind is JsonTypeInfoKind.Object
                ? type.Properties.FirstOrDefault(property => property.Name == step)?.PropertyType
                : type?.ElementType;
            type = next is null ? null : EngineFileJson.Default.GetTypeInfo(Nullable.GetUnderlyingType(next) ?? next);
        }

        return type;
    }

    private static string WantedOf(JsonTypeInfo? type) => type?.Kind switch
    {
        JsonTypeInfoKind.Enumerable => "a list, in [],",
        JsonTypeInfoKind.Dictionary or JsonTypeInfoKind.Object => "an object, in {},",
        _ when type?.Type == typeof(string) => "a text, in quotes,",
        _ when type?.Type == typeof(bool) => "true or false",
        _ when type?.Type == typeof(long) => "a whole number",
        _ => "a number",
    };

    // The steps of a JSON path as System.Text.Json writes it: .name, ['odd name'], [index].
    [GeneratedRegex(@"\.(?<step>[^.\[]+)|\['(?<step>.*?)'\]|\[(?<step>[0-9]+)\]", RegexOptions.CultureInvariant)]
    private static partial Regex Step();
}
