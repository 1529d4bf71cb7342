using System.Collections.Concurrent;
using VirtualBench.Guests;
using VirtualBench.Host;
using VirtualBench.Targets.Described;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets;

/// <summary>An engine that the program does not know: the user describes in a file how it is started, ended and cleaned up after.</summary>
internal sealed class DescribedTarget : ITarget
{
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(5), ShortestTry = TimeSpan.FromSeconds(20);

    /// <summary>Starts of the slower kind that a trial start may take.</summary>
    private const int TryMargin = 5;

    private readonly TargetName _name;
    private readonly TargetSession _session;
    private readonly EngineDescription _engine;
    private readonly EngineVariant? _variant;
    private readonly GuestMaterial _material;
    private readonly ConcurrentDictionary<string, (PlaceholderValues Values, CleaningOrder Release)> _prepared = [];

    public DescribedTarget(TargetName name, TargetSession session, EngineDescription engine)
    {
        (_name, _session, _engine) = (name, session, engine);
        _variant = engine.Variants.GetValueOrDefault(name.Variant ?? "");
        _material = new GuestMaterial(name, session, mention => _variant is not null && engine.Mentions(_variant, mention));
    }

    public TargetName Name => _name;

    /// <summary>As described; and an engine that says nothing of it, but runs another processor's code, has to translate it.</summary>
    public Acceleration Acceleration => _variant?.Acceleration switch
    {
        null or Acceleration.None when _name.IsForeign => Acceleration.Emulation,
        var said => said ?? Acceleration.None,
    };

    public Isolation Isolation => _variant?.Isolation ?? new Isolation(IsolationLayers.None);

    /// <summary>One that says that it keeps kernel and network namespace stays in the namespace that it is started in.</summary>
    public LinkKinds Links => _variant?.Isolation is { } said && (said.Layers & (IsolationLayers.Net | IsolationLayers.Kernel)) == 0
        ? LinkKinds.Host | LinkKinds.Namespace
        : LinkKinds.None;

    public string? WhyNot(string implementation) => _engine.Implementations.Contains(implementation) ? null
        : $"{_engine.Name} runs {string.Join(", ", _engine.Implementations)} guest programs only, as its description says";

    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (WhyUnknown() is { } unknown)
        {
            return unknown;
        }

        var values = EngineValues(_session.Label("look"), _session.ScratchDirectory);
        if (WhyMissing(values) is { } missing)
        {
            return missing;
        }

        try
        {
            var said = _engine.Version is null ? null : (await _engine.Version.Fill(values)
                .RunAsync(Environment(values, _session.Label("look")), "", LookLimit, cancellation).ConfigureAwait(false)).Split('\n')[0];
            var version = said is null ? "" : ErrorTail.Clean(said) + ", ";
            return _material.Describe(new Availability(true, $"{version}described by {Path.GetFileName(_engine.File)} {_engine.Digest}"));
        }
        catch (TargetException e)
        {
            return new Availability(false, null, e.Message);
        }
    }

    public Task<Availability> TryAsync(CancellationToken cancellation)
    {
        var start = TryMargin * _engine.TypicalStart;
        var limit = _engine.Prepare.Count == 0 ? TimeSpan.Zero : _engine.PrepareLimit;
        return Trial.RunAsync(
            this, _session, FindAsync, cancellation, LeastMemoryBytes, limit + (start > ShortestTry ? start : ShortestTry));
    }

    public async Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        foreach (var program in programs.Where(program => !_prepared.ContainsKey(program.Path)))
        {
            var shared = _session.NewScratchDirectory("engine");
            var label = _session.Label(Path.GetFileName(shared));
            var made = await _material.PrepareAsync(program, shared, label, cancellation).ConfigureAwait(false);
            var values = EngineValues(label, shared).With(made);
            var environment = Environment(values, label);
            var release = new CleaningOrder(
                $"{_name}", label, null, [.. _engine.Release.Select(command => command.Fill(values))], environment,
                _engine.CleanLimit.TotalSeconds);
            release.Write(_session.ScratchDirectory);
            _prepared[program.Path] = (values, release);
            foreach (var command in _engine.Prepare)
            {
                await command.Fill(values).RunAsync(environment, label, _engine.PrepareLimit, cancellation).ConfigureAwait(false);
            }
        }
    }

    public async Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!_prepared.TryGetValue(launch.Program.Path, out var prepared))
        {
            throw new InvalidOperationException("PrepareAsync comes first.");
        }

        if (launch.Resources.MemoryBytes < LeastMemoryBytes)
        {
            throw new TargetException($"{_name}: a guest needs {LeastMemoryBytes >> 20} MiB of memory: give it more with --memory");
        }

        var values = StartValues(launch, prepared.Values);
        foreach (var (file, text) in _engine.Templates)
        {
            await File.WriteAllTextAsync(Path.Combine(launch.ScratchDirectory, file), values.Fill(text), cancellation)
                .ConfigureAwait(false);
        }

        var instance = new DescribedInstance(
            _engine, _variant!.Start, _engine.Mentions(_variant, "initramfs"), launch, values, Environment(values, launch.Label));
        var order = instance.Order(_name);
        order.Write(_session.ScratchDirectory);
        try
        {
            return await instance.RunAsync(console, cancellation).ConfigureAwait(false);
        }
        finally
        {
            await order.CarryOutAsync(_session.ScratchDirectory, hasEnded: true, CancellationToken.None).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, release) in _prepared.Values)
        {
            try
            {
                await release.CarryOutAsync(_session.ScratchDirectory, hasEnded: true, CancellationToken.None).ConfigureAwait(false);
            }
            catch (TargetException)
            {
                // The order stays where the look for leaks, and clean, find it.
            }
        }

        _prepared.Clear();
    }

    private long LeastMemoryBytes => _engine.LeastMemoryBytes ?? _material.LeastMemoryBytes;

    private Availability? WhyUnknown()
    {
        if (_variant is null)
        {
            IReadOnlyList<string> there = [.. _engine.Variants.Keys.Where(variant => variant.Length > 0)];
            return new Availability(
                false, null, $"{_engine.Name} has {(there.Count == 0 ? "no variants" : "the variants " + string.Join(", ", there))}",
                $"--targets {_engine.Name}{(there.Count == 0 ? "" : ":" + (Spelling.Near(_name.Variant!, there) ?? there[0]))}");
        }

        return _engine.Architectures.Contains(_name.Architecture) ? null : new Availability(
            false, null, $"{_engine.Name} runs no guests for {TargetName.ArchitectureName(_name.Architecture)}, as its description says");
    }

    private Availability? WhyMissing(PlaceholderValues values)
    {
        foreach (var image in _engine.Images)
        {
            var key = ImageKey(image.Key);
            var file = _session.Image(key);
            if (file is null || !Path.Exists(file))
            {
                return new Availability(
                    false, null, file is null ? $"it needs {image.Value}" : $"{file} is not there: {image.Value}", $"--image {key}=FILE");
            }
        }

        foreach (var need in _variant!.Needs)
        {
            var why = need.Program is { } program
                ? ProgramPath.Find(values.Fill(program)) is null ? CommandTemplate.WhyNoProgram(values.Fill(program)) : null
                : need.File is { } file
                    ? Path.Combine(_engine.Folder, values.Fill(file)) is var path && Path.Exists(path) ? null : $"{path} is not there"
                    : System.Environment.IsPrivilegedProcess ? null : "it needs root";
            if (why is not null)
            {
                return new Availability(false, null, why, need.Remedy);
            }
        }

        return _engine.CommandsOf(_variant).Select(command => command.WhyNoProgram(values)).OfType<string>()
            .Select(why => new Availability(false, null, why)).FirstOrDefault();
    }

    private string ImageKey(string image) =>
        $"{_engine.Name}.{image}{(_name.IsForeign ? "@" + TargetName.ArchitectureName(_name.Architecture) : "")}";

    private PlaceholderValues EngineValues(string label, string scratch) => PlaceholderValues.None.With(
    [
        ("folder", _engine.Folder), ("arch", TargetName.ArchitectureName(_name.Architecture)),
        ("machine", _name.Architecture == GuestArchitecture.Arm64 ? "aarch64" : "x86_64"), ("variant", _name.Variant ?? ""),
        ("label", label), ("scratch", scratch),
        .. _variant!.Values.Select(value => (Placeholders.ValuePrefix + value.Key, value.Value)),
        .. _engine.Images.Keys.Select(image => (Placeholders.ImagePrefix + image, _session.Image(ImageKey(image)) ?? "")),
    ]);

    private PlaceholderValues StartValues(Launch launch, PlaceholderValues prepared)
    {
        var resources = launch.Resources;
        var processors = resources.HostCpus.Count > 0 ? resources.HostCpus : CpuList.Allowed();
        var values = (prepared with { Arguments = launch.Arguments }).With(
        [
            ("label", launch.Label), ("scratch", launch.ScratchDirectory), ("arguments", string.Join(' ', launch.Arguments)),
            ("memoryMiB", $"{resources.MemoryBytes >> 20}"), ("memoryBytes", $"{resources.MemoryBytes}"),
            ("vcpus", $"{resources.VirtualCpus}"), ("cpus", string.Join(',', processors)), .. _material.Make(launch),
        ]);
        return values.With(("console", values.Fill(_engine.Console.Path)));
    }

    /// <summary>Nothing of our own is handed on but what the description names.</summary>
    private IReadOnlyList<string> Environment(PlaceholderValues values, string label)
    {
        var all = new Dictionary<string, string> { ["PATH"] = ProgramPath.SearchPath };
        foreach (var name in _engine.PassEnvironment)
        {
            if (System.Environment.GetEnvironmentVariable(name) is { } value)
            {
                all[name] = value;
            }
        }

        foreach (var (name, text) in _engine.Environment)
        {
            all[name] = values.Fill(text);
        }

        all[InstanceProcesses.Variable] = label;
        return [.. all.Select(variable => $"{variable.Key}={variable.Value}")];
    }
}
