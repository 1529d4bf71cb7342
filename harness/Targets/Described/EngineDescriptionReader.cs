using System.Security.Cryptography;
using System.Text.RegularExpressions;
using VirtualBench.Guests;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Described;

/// <summary>
/// Makes a description of a file, and finds everything that can be wrong with it without starting anything. What is wrong is one line:
/// file, member, what to do.
/// </summary>
internal sealed partial class EngineDescriptionReader
{
    private const int MostBytes = 1 << 20;
    private readonly string _path;
    private readonly EngineFile _file;
    private readonly string _digest;

    private EngineDescriptionReader(string path, byte[] content)
    {
        _path = path;
        _file = EngineFileReader.Read(path, content);
        _digest = Convert.ToHexStringLower(SHA256.HashData(content))[..8];
    }

    /// <param name="path">Absolute.</param>
    /// <exception cref="TargetException">Something is wrong with it.</exception>
    public static EngineDescription Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > MostBytes }
                ? throw new TargetException($"{path}: it is larger than a description can be")
                : new EngineDescriptionReader(path, File.ReadAllBytes(path)).Check();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"the engine's description {path} cannot be read: {ErrorTail.Clean(e.Message)}", e);
        }
    }

    private EngineDescription Check()
    {
        var name = _file.Name ?? throw Wrong("name", "it is missing: what the target is to be called, e.g. \"myhv\"");
        Require("name", TargetName.TryParse(name, out var parsed) && parsed.Engine == name,
            "it has to begin with a small letter and go on with small letters, digits and hyphens");
        var images = Named("images", _file.Images, ImageName());
        var description = new EngineDescription
        {
            File = _path,
            Digest = _digest,
            Name = name,
            Summary = Line("description", _file.Description) ?? "described by " + _path,
            Version = _file.Version is null ? null : Command("version", _file.Version, PlaceholderTime.Engine, AllNames(images)),
            Architectures = _file.Architectures is { } architectures ? Architectures(architectures) : [TargetName.HostArchitecture],
            Implementations = [.. (_file.Implementations ?? ["c", "cs"]).Select((c, i) => OneOf($"implementations[{i}]", c, ["c", "cs"]))],
            Images = images,
            Variants = Variants(images),
            TypicalStart = Seconds("typicalStartSeconds", _file.TypicalStartSeconds, 0.5, 3600),
            LeastMemoryBytes = _file.LeastMemoryMiB is { } least ? LeastMemory(least) : null,
            Environment = Environment(images),
            PassEnvironment = [.. (_file.PassEnvironment ?? []).Select((n, i) => Variable($"passEnvironment[{i}]", n))],
            Templates = Templates(images),
            Prepare = Commands("prepare", _file.Prepare, PlaceholderTime.Program, images),
            Detached = _file.Detached == true,
            Console = Console(images),
            End = End(),
            Stop = new EngineStop(
                _file.Stop?.Command is { } stop ? Command("stop.command", stop, PlaceholderTime.Start, AllNames(images)) : null,
                Seconds("stop.graceSeconds", _file.Stop?.GraceSeconds, 2, 600)),
            Clean = Commands("clean", _file.Clean, PlaceholderTime.Start, images),
            Release = Commands("release", _file.Release, PlaceholderTime.Program, images),
            PrepareLimit = Seconds("timeouts.prepareSeconds", _file.Timeouts?.PrepareSeconds, 120, 86400),
            CleanLimit = Seconds("timeouts.cleanSeconds", _file.Timeouts?.CleanSeconds, 10, 3600),
        };
        Require("implementations", description.Implementations.Count > 0, "it names none: leave it out for both");
        CheckTogether(description);
        return description;
    }

    /// <summary>What no member is wrong about by itself.</summary>
    private void CheckTogether(EngineDescription description)
    {
        var source = description.Console.Source;
        Require("console.from", description.Detached || source != ConsoleSource.Command,
            "a console command is run when the start command has returned: it needs \"detached\": true");
        if (!description.Detached)
        {
            return;
        }

        Require("detached", source is not (ConsoleSource.Stdout or ConsoleSource.Terminal),
            "the start command's own output ends with it: say with console where the guest's is");
        Require("detached", description.Stop.Command is not null, "only stop.command can end such a guest: add one");
        Require("detached", description.End.Status is not null
            || description.Variants.Values.All(variant => description.Mentions(variant, "initramfs")),
            "nobody says how the guest's program ended: add end.status");
    }

    private IReadOnlyList<GuestArchitecture> Architectures(IReadOnlyList<string> names)
    {
        Require("architectures", names.Count > 0, "it names none: leave it out for the host's own");
        return
        [
            .. names.Select((name, i) => OneOf($"architectures[{i}]", name, ["x64", "arm64"])).Distinct()
                .Select(name => name == "arm64" ? GuestArchitecture.Arm64 : GuestArchitecture.X64),
        ];
    }

    private Dictionary<string, EngineVariant> Variants(IReadOnlyDictionary<string, string> images)
    {
        var start = _file.Start ?? throw Wrong(
            "start", "it is missing: the command that starts a guest, e.g. [\"myhv\", \"${program}\", \"${argv}\"]");
        var own = Named("values", _file.Values, ValueName());
        var found = new Dictionary<string, EngineVariant> { [""] = Variant("", new VariantMember()) };
        foreach (var (name, written) in _file.Variants ?? new Dictionary<string, VariantMember>())
        {
            var member = $"variants.{name}";
            Require(member, written is not null && TargetName.TryParse("x:" + name, out var target) && target.Variant == name,
                "a variant is an object, and its name has letters, digits and . _ / - only");
            found[name] = Variant(member + ".", written!);
        }

        return found;

        EngineVariant Variant(string prefix, VariantMember written)
        {
            var values = own.Concat(Named(prefix + "values", written.Values, ValueName()))
                .GroupBy(value => value.Key).ToDictionary(group => group.Key, group => group.Last().Value);
            var isolation = Isolation(prefix, written.Isolation ?? _file.Isolation);
            var acceleration = OneOf(
                prefix + "acceleration", written.Acceleration ?? _file.Acceleration ?? "none", ["none", "hardware", "emulation"]);
            return new EngineVariant(
                isolation, Enum.Parse<Acceleration>(acceleration, ignoreCase: true),
                [.. Needs("needs", _file.Needs, images), .. Needs(prefix + "needs", written.Needs, images)], values,
                Command(written.Start is null ? "start" : prefix + "start", written.Start ?? start, PlaceholderTime.Start,
                    AllNames(images, values)));
        }
    }

    private Isolation Isolation(string prefix, IsolationMember? written)
    {
        var names = new Isolation((IsolationLayers)(-1)).Names;
        var layers = (written?.Layers ?? []).Select((layer, i) => OneOf($"{prefix}isolation.layers[{i}]", layer, names))
            .Aggregate(IsolationLayers.None, (sum, layer) => sum | Enum.Parse<IsolationLayers>(layer, ignoreCase: true));
        return new Isolation(layers, Line(prefix + "isolation.note", written?.Note));
    }

    private IEnumerable<EngineNeed> Needs(
        string member, IReadOnlyList<NeedMember>? written, IReadOnlyDictionary<string, string> images)
    {
        foreach (var (i, need) in (written ?? []).Index())
        {
            Require($"{member}[{i}]", new[] { need?.Program is null, need?.File is null, need?.Root != true }.Count(absent => !absent) == 1,
                "it has to have one of \"program\": NAME, \"file\": PATH and \"root\": true");
            foreach (var text in new[] { need!.Program, need.File }.OfType<string>())
            {
                Text($"{member}[{i}]", text, PlaceholderTime.Engine, AllNames(images));
            }

            yield return new EngineNeed(need.Program, need.File, Line($"{member}[{i}].remedy", need.Remedy));
        }
    }

    private Dictionary<string, string> Environment(IReadOnlyDictionary<string, string> images) =>
        (_file.Environment ?? new Dictionary<string, string>()).ToDictionary(
            pair => Variable($"environment.{pair.Key}", pair.Key),
            pair => Text($"environment.{pair.Key}", pair.Value, PlaceholderTime.Engine, AllNames(images)));

    private Dictionary<string, string> Templates(IReadOnlyDictionary<string, string> images) =>
        (_file.Templates ?? new Dictionary<string, string>()).ToDictionary(pair => pair.Key, pair =>
        {
            var member = $"templates.{pair.Key}";
            Require(member, FileName().IsMatch(pair.Key), "it names a file in the scratch directory: letters, digits and . _ - only");
            Require(member, pair.Value is not null, "a file beside the description is wanted");
            var path = Path.Combine(Path.GetDirectoryName(_path)!, pair.Value!);
            Require(member, File.Exists(path) && new FileInfo(path).Length <= MostBytes,
                $"there is no file {path}, or it is larger than a template can be");
            return Text($"{member} ({path})", File.ReadAllText(path), PlaceholderTime.Start, AllNames(images));
        });

    private EngineConsole Console(IReadOnlyDictionary<string, string> images)
    {
        var from = OneOf("console.from", _file.Console?.From ?? "stdout", ["stdout", "terminal", "listen", "connect", "file", "command"]);
        var source = Enum.Parse<ConsoleSource>(from, ignoreCase: true);
        Require("console.command", (source == ConsoleSource.Command) == (_file.Console?.Command is not null),
            "\"from\": \"command\" has to have a command, and nothing else has one");
        Require("console.path",
            _file.Console?.Path is null || source is ConsoleSource.Listen or ConsoleSource.Connect or ConsoleSource.File,
            $"{from} has no path");
        var path = Text("console.path", _file.Console?.Path ?? "${scratch}/console", PlaceholderTime.Start, AllNames(images));
        Require("console.path", !Placeholders.In(path).Contains("console"), "${console} is this path itself");
        return new EngineConsole(
            source, path,
            _file.Console?.Command is { } command ? Command("console.command", command, PlaceholderTime.Start, AllNames(images)) : null);
    }

    private EngineEnd End()
    {
        var status = _file.End?.Status is { } text ? Pattern("end.status", text) : null;
        Require("end.status", status is null || status.GetGroupNames().Contains("status"),
            "it has to have a group that the status is in, e.g. \"^exited with (?<status>[0-9]+)$\"");
        return new EngineEnd(
            status, [.. (_file.End?.Faults ?? []).Select((fault, i) => Pattern($"end.faults[{i}]", fault))],
            _file.End?.Over is { } over ? Pattern("end.over", over) : null);
    }

    private long LeastMemory(long mebibytes)
    {
        Require("leastMemoryMiB", mebibytes is >= 1 and <= 1 << 24, "it is no amount of memory, in MiB");
        return mebibytes << 20;
    }
}
