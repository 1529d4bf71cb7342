using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Described;

/// <summary>What placeholders stand for.</summary>
/// <param name="Arguments">What <c>${argv}</c> becomes.</param>
internal sealed record PlaceholderValues(IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Arguments)
{
    public static PlaceholderValues None { get; } = new(new Dictionary<string, string>(), []);

    /// <summary>These and more; what is given again replaces what was before.</summary>
    public PlaceholderValues With(params IEnumerable<(string Name, string Value)> more)
    {
        var all = new Dictionary<string, string>(Values);
        foreach (var (name, value) in more)
        {
            all[name] = value;
        }

        return this with { Values = all };
    }

    public string Fill(string text) => Placeholders.Fill(text, name => Values[name]);
}

/// <summary>A command as a description has it: words, never a line for a shell.</summary>
/// <param name="Member">Where it stands in the description, e.g. <c>clean[0]</c>.</param>
/// <param name="Words">The program and its arguments, with placeholders.</param>
/// <param name="MayFail">Its exit status is nobody's concern.</param>
internal sealed record CommandTemplate(string Member, IReadOnlyList<string> Words, bool MayFail = false)
{
    /// <exception cref="TargetException">There is no such program.</exception>
    public EngineCommand Fill(PlaceholderValues values)
    {
        var program = values.Fill(Words[0]);
        return new EngineCommand(
            Member,
            ProgramPath.Find(program) ?? throw new TargetException($"{Member}: {WhyNoProgram(program)}"),
            [.. Words.Skip(1).SelectMany(word => word == "${argv}" ? values.Arguments : [values.Fill(word)])],
            MayFail);
    }

    /// <summary>Why its program cannot be run, one line; null when it can, or when its path is not known before a start.</summary>
    public string? WhyNoProgram(PlaceholderValues values)
    {
        if (!Placeholders.In(Words[0]).All(values.Values.ContainsKey))
        {
            return null;
        }

        var program = values.Fill(Words[0]);
        return ProgramPath.Find(program) is null ? $"{Member}: {WhyNoProgram(program)}" : null;
    }

    /// <summary>One line.</summary>
    public static string WhyNoProgram(string program) => program.Contains('/', StringComparison.Ordinal)
        ? $"{program} is not there, or no program"
        : $"{program} is not installed";
}
