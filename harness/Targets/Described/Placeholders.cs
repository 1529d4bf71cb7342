using System.Text.RegularExpressions;

namespace VirtualBench.Targets.Described;

/// <summary>When in a run a text is filled in; each time knows what the ones before it know, and more.</summary>
internal enum PlaceholderTime
{
    /// <summary>Always: also when the engine is only looked at.</summary>
    Engine,

    /// <summary>Once a run for each guest program.</summary>
    Program,

    /// <summary>At each start.</summary>
    Start,
}

/// <summary>
/// The grammar of <c>${name}</c> in a description. <c>$$</c> is one <c>$</c>; a <c>$</c> before anything else is itself. What is filled in
/// is never read again and never split, so that no value can become a second argument; the one exception, <c>${argv}</c>, stands alone.
/// </summary>
internal static partial class Placeholders
{
    /// <summary>Becomes as many words as the guest program has arguments.</summary>
    public const string Splice = "argv";

    public const string ValuePrefix = "value:";
    public const string ImagePrefix = "image:";

    private static readonly (string Name, PlaceholderTime Time)[] Known =
    [
        ("folder", PlaceholderTime.Engine), ("arch", PlaceholderTime.Engine), ("machine", PlaceholderTime.Engine),
        ("variant", PlaceholderTime.Engine), ("label", PlaceholderTime.Engine), ("scratch", PlaceholderTime.Engine),
        ("program", PlaceholderTime.Program), ("implementation", PlaceholderTime.Program), ("shared", PlaceholderTime.Program),
        ("sharedLabel", PlaceholderTime.Program), ("kernel", PlaceholderTime.Program), ("rootfs", PlaceholderTime.Program),
        ("ociImage", PlaceholderTime.Program), ("ociTag", PlaceholderTime.Program),
        (Splice, PlaceholderTime.Start), ("arguments", PlaceholderTime.Start), ("memoryMiB", PlaceholderTime.Start),
        ("memoryBytes", PlaceholderTime.Start), ("vcpus", PlaceholderTime.Start), ("cpus", PlaceholderTime.Start),
        ("initramfs", PlaceholderTime.Start), ("kernelArguments", PlaceholderTime.Start), ("bundle", PlaceholderTime.Start),
        ("console", PlaceholderTime.Start),
    ];

    /// <summary>The names that a text mentions.</summary>
    public static IEnumerable<string> In(string text) =>
        Grammar().Matches(text).Select(match => match.Groups["name"]).Where(group => group.Success).Select(group => group.Value);

    /// <summary>Why a text cannot be filled in, one line; null when it can.</summary>
    /// <param name="more">Names besides the known ones: <c>value:X</c>, <c>image:X</c>.</param>
    public static string? WhyNot(string text, PlaceholderTime time, IEnumerable<string> more, bool mayBeSplice = false)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return "holds a zero byte";
        }

        if (Grammar().Matches(text).Any(match => match.Groups["open"].Success))
        {
            return "a ${ is not closed: write ${name}, or $${ for the characters themselves";
        }

        IReadOnlyList<string> there = [.. Known.Where(known => known.Time <= time).Select(known => known.Name), .. more];
        foreach (var name in In(text))
        {
            if (name == Splice && time == PlaceholderTime.Start && !(mayBeSplice && text == "${argv}"))
            {
                return "${argv} becomes several words, so it has to be a word of a command by itself; ${arguments} is one word";
            }

            if (!there.Contains(name))
            {
                return WhyUnknown(name, time, there);
            }
        }

        return null;
    }

    /// <summary>Fills in a text that has been checked.</summary>
    public static string Fill(string text, Func<string, string> valueOf) => Grammar().Replace(
        text, match => match.Groups["name"] is { Success: true } name ? valueOf(name.Value) : "$");

    private static string WhyUnknown(string name, PlaceholderTime time, IReadOnlyList<string> there)
    {
        var later = Known.Where(known => known.Name == name && known.Time > time).Select(known => known.Time).FirstOrDefault();
        return later switch
        {
            PlaceholderTime.Start =>
                $"${{{name}}} is known only when a guest is started: it belongs into start, console, stop, clean or a template",
            PlaceholderTime.Program =>
                $"${{{name}}} is not known yet: it belongs into prepare, release, start, console, stop, clean or a template",
            _ => Spelling.Near(name, there) is { } near
                ? $"there is no ${{{name}}}: did you mean ${{{near}}}?"
                : $"there is no ${{{name}}}: there are {string.Join(", ", there.Select(known => $"${{{known}}}"))}",
        };
    }

    // An unclosed one is an error, and not text: it is a slip far more often than meant.
    [GeneratedRegex(@"\$\$|\$\{(?<name>[^{}$]*)\}|(?<open>\$\{)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();
}
