using System.Text.RegularExpressions;
using VirtualBench.Guests;

namespace VirtualBench.Targets.Described;

/// <summary>Where the host gets what the guest prints.</summary>
internal enum ConsoleSource
{
    /// <summary>The start command's standard output.</summary>
    Stdout,

    /// <summary>The same, but the command's standard input and output are a terminal.</summary>
    Terminal,

    /// <summary>A UNIX socket that the engine connects to.</summary>
    Listen,

    /// <summary>A UNIX socket that the engine listens on.</summary>
    Connect,

    /// <summary>A file that the engine appends to.</summary>
    File,

    /// <summary>The standard output of a second command, which is run when the start command has returned.</summary>
    Command,
}

/// <param name="Path">Of the socket or file, to be filled in; unused by the other sources.</param>
/// <param name="Command">Of <see cref="ConsoleSource.Command"/>.</param>
internal sealed record EngineConsole(ConsoleSource Source, string Path, CommandTemplate? Command);

/// <summary>How it is known that the guest has ended, besides the end of the start command.</summary>
/// <param name="Status">A line that tells the program's exit status in its group <c>status</c>; null: the start command's own is
/// it.</param>
/// <param name="Faults">Lines that say what went wrong.</param>
/// <param name="Over">A line after which the guest will not end by itself.</param>
internal sealed record EngineEnd(Regex? Status, IReadOnlyList<Regex> Faults, Regex? Over);

/// <param name="Grace">How long each step of the end may take: the command, SIGTERM, then SIGKILL.</param>
internal sealed record EngineStop(CommandTemplate? Command, TimeSpan Grace);

/// <summary>Something that has to be there: a program, a file, or root's rights.</summary>
/// <param name="Remedy">The command that would make it so.</param>
internal sealed record EngineNeed(string? Program, string? File, string? Remedy);

/// <summary>What one variant of an engine has of its own.</summary>
/// <param name="Values">What <c>${value:NAME}</c> stands for.</param>
internal sealed record EngineVariant(
    Isolation Isolation, Acceleration Acceleration, IReadOnlyList<EngineNeed> Needs, IReadOnlyDictionary<string, string> Values,
    CommandTemplate Start);

/// <summary>
/// An engine that a file describes, checked. Texts in it have placeholders, and every placeholder is known where it stands.
/// </summary>
internal sealed record EngineDescription
{
    /// <summary>Absolute.</summary>
    public required string File { get; init; }

    /// <summary>The first digits of the file's SHA-256: what ran is recorded with each result.</summary>
    public required string Digest { get; init; }

    public required string Name { get; init; }

    public required string Summary { get; init; }

    /// <summary>A command whose first line is the engine's version.</summary>
    public CommandTemplate? Version { get; init; }

    public required IReadOnlyList<GuestArchitecture> Architectures { get; init; }

    public required IReadOnlyList<string> Implementations { get; init; }

    /// <summary>What the user brings with <c>--image ENGINE.NAME=FILE</c>: by name, what it is.</summary>
    public required IReadOnlyDictionary<string, string> Images { get; init; }

    /// <summary>By name; the engine without a variant is the empty one.</summary>
    public required IReadOnlyDictionary<string, EngineVariant> Variants { get; init; }

    public required TimeSpan TypicalStart { get; init; }

    /// <summary>What a guest needs to start; null: as usual for what it is started from.</summary>
    public long? LeastMemoryBytes { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Variables of our own environment that are handed on.</summary>
    public required IReadOnlyList<string> PassEnvironment { get; init; }

    /// <summary>By the name that the file gets in a start's scratch directory: its text.</summary>
    public required IReadOnlyDictionary<string, string> Templates { get; init; }

    public required IReadOnlyList<CommandTemplate> Prepare { get; init; }

    /// <summary>The start command returns while the guest runs.</summary>
    public bool Detached { get; init; }

    public required EngineConsole Console { get; init; }

    public required EngineEnd End { get; init; }

    public required EngineStop Stop { get; init; }

    public required IReadOnlyList<CommandTemplate> Clean { get; init; }

    /// <summary>Undoes <see cref="Prepare"/> at the end of the run.</summary>
    public required IReadOnlyList<CommandTemplate> Release { get; init; }

    public required TimeSpan PrepareLimit { get; init; }

    public required TimeSpan CleanLimit { get; init; }

    public string Folder => Path.GetDirectoryName(File)!;

    /// <summary>
    /// What is mentioned is made: an initramfs for <c>${initramfs}</c>, and none for an engine that has no use for it.
    /// </summary>
    public bool Mentions(EngineVariant variant, string placeholder)
    {
        var words = CommandsOf(variant).SelectMany(command => command.Words);
        return words.Concat(Templates.Values).Append(Console.Path).SelectMany(Placeholders.In).Contains(placeholder);
    }

    /// <summary>All that has to do with guests.</summary>
    public IEnumerable<CommandTemplate> CommandsOf(EngineVariant variant) =>
    [
        .. Prepare, variant.Start, .. new[] { Console.Command, Stop.Command }.OfType<CommandTemplate>(), .. Clean, .. Release,
    ];
}
