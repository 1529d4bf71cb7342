using System.Globalization;
using System.Text.RegularExpressions;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Described;

/// <summary>Checks of single members.</summary>
internal sealed partial class EngineDescriptionReader
{
    /// <summary>Guests are not trusted, and patterns of this kind take time that is linear in the line.</summary>
    private const RegexOptions PatternOptions = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private const int LongestLine = 300;

    private TargetException Wrong(string member, string why) => new($"{_path}: {ErrorTail.Clean(member)}: {why}");

    private void Require(string member, bool right, string why)
    {
        if (!right)
        {
            throw Wrong(member, why);
        }
    }

    private string OneOf(string member, string? text, IReadOnlyList<string> there)
    {
        var near = Spelling.Near(text ?? "", there);
        Require(member, text is not null && there.Contains(text),
            $"'{ErrorTail.Clean(text ?? "null")}' is none of {string.Join(", ", there)}{(near is null ? "" : $": did you mean {near}?")}");
        return text!;
    }

    private string? Line(string member, string? text)
    {
        Require(member, text is null || (text.Length is > 0 and <= LongestLine && !text.Any(char.IsControl)),
            $"one line of at most {LongestLine} characters is wanted");
        return text;
    }

    private TimeSpan Seconds(string member, double? given, double otherwise, double most)
    {
        var seconds = given ?? otherwise;
        Require(member, seconds >= 0 && seconds <= most,
            string.Create(CultureInfo.InvariantCulture, $"it is not between 0 and {most} seconds"));
        return TimeSpan.FromSeconds(seconds);
    }

    private string Text(string member, string? text, PlaceholderTime time, IReadOnlyList<string> more, bool mayBeSplice = false)
    {
        Require(member, text is not null, "null is no text");
        var why = Placeholders.WhyNot(text!, time, more, mayBeSplice);
        Require(member, why is null, why ?? "");
        return text!;
    }

    private Regex Pattern(string member, string? text)
    {
        try
        {
            return new Regex(text ?? throw Wrong(member, "null is no pattern"), PatternOptions);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw Wrong(member, e is NotSupportedException
                ? "lookarounds, backreferences and the like are not possible here"
                : $"it is no regular expression: {ErrorTail.Clean(e.Message)}");
        }
    }

    private string Variable(string member, string? name)
    {
        Require(member, name is not null && VariableName().IsMatch(name), "it is no name of a variable: letters, digits and _ only");
        Require(member, name != InstanceProcesses.Variable, "this variable is how what belongs to a run is found: it is set for you");
        return name!;
    }

    private Dictionary<string, string> Named(string member, IReadOnlyDictionary<string, string>? written, Regex grammar)
    {
        foreach (var (name, text) in written ?? new Dictionary<string, string>())
        {
            Require($"{member}.{name}", grammar.IsMatch(name),
                "its name has to begin with a letter (a small one for an image) and go on with letters, digits and hyphens");
            Require($"{member}.{name}", text is not null && !text.Contains('\0', StringComparison.Ordinal), "a text is wanted here");
        }

        return written?.ToDictionary() ?? [];
    }

    private IReadOnlyList<CommandTemplate> Commands(
        string member, IReadOnlyList<IReadOnlyList<string>>? written, PlaceholderTime time, IReadOnlyDictionary<string, string> images) =>
        [.. (written ?? []).Select((words, i) => Command($"{member}[{i}]", words, time, AllNames(images), mayBeOptional: true))];

    /// <param name="mayBeOptional">It may begin with the word <c>-</c>: whether it fails is then nobody's concern.</param>
    private CommandTemplate Command(
        string member, IReadOnlyList<string>? written, PlaceholderTime time, IReadOnlyList<string> more, bool mayBeOptional = false)
    {
        var optional = mayBeOptional && written is ["-", ..];
        var first = optional ? 1 : 0;
        Require(member, written?.Count > first && written[first] is { Length: > 0 } and not "-",
            "a command is a list of words, the first a program");
        string[] words =
            [.. written!.Skip(first).Select((word, i) => Text($"{member}[{i + first}]", word, time, more, mayBeSplice: i > 0))];
        if (words[0].Contains('/', StringComparison.Ordinal) && !Path.IsPathRooted(words[0]) && !Placeholders.In(words[0]).Any())
        {
            words[0] = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(_path)!, words[0]));
            Require($"{member}[{first}]", ProgramPath.Find(words[0]) is not null,
                $"there is no program {words[0]} (a relative path begins at the description's folder)");
        }

        return new CommandTemplate(member, words, optional);
    }

    /// <summary>What placeholders there are besides those that every description has.</summary>
    private IReadOnlyList<string> AllNames(
        IReadOnlyDictionary<string, string> images, IReadOnlyDictionary<string, string>? values = null) =>
    [
        .. images.Keys.Select(name => Placeholders.ImagePrefix + name),
        .. (values ?? _file.Values ?? new Dictionary<string, string>()).Keys.Select(name => Placeholders.ValuePrefix + name),
    ];

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ImageName();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9-]{0,40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ValueName();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,80}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,80}\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}
