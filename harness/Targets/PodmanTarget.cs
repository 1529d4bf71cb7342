using VirtualBench.Guests;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets;

/// <summary>
/// <c>podman</c> and <c>podman:RUNTIME</c>: a container by podman's command, which needs no daemon, of an image that holds nothing but the
/// guest program. Images, containers and locks are the run's own; the user's are neither seen nor touched.
/// </summary>
public sealed class PodmanTarget(TargetName name, TargetSession session) : ITarget
{
    private const string Program = "podman";
    private readonly Dictionary<string, string> _images = []; // by the program's SHA-256
    private readonly OutOfMemory _outOfMemory = new();

    public TargetName Name => name;

    public Acceleration Acceleration => Acceleration.None;

    public Isolation Isolation { get; } = new(
        Isolation.Namespaces | IsolationLayers.Cgroup | IsolationLayers.Seccomp,
        "no capabilities" + (name.Variant is null ? "" : "; whatever the runtime adds"));

    public LinkKinds Links => LinkKinds.Host | LinkKinds.Namespace;

    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        IReadOnlyList<string> programs = name.Variant is null ? [Program, "conmon"] : [Program, "conmon", name.Variant];
        if (EnclosedEngine.WhyNot(name, session, hasVariants: true, programs) is { } missing)
        {
            return missing;
        }

        var found = await EnclosedEngine.VersionAsync(Program, cancellation).ConfigureAwait(false);
        return found with { Version = name.Variant is null ? found.Version : $"{found.Version} ({name.Variant})" };
    }

    public Task<Availability> TryAsync(CancellationToken cancellation) => Trial.RunAsync(this, session, FindAsync, cancellation);

    public async Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        foreach (var program in programs.Where(program => !_images.ContainsKey(program.Sha256)))
        {
            _images[program.Sha256] = await session.Podman.LoadAsync(program, cancellation).ConfigureAwait(false);
        }

        _outOfMemory.Reset();
    }

    public async Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        if (!_images.TryGetValue(launch.Program.Sha256, out var image))
        {
            throw new InvalidOperationException("PrepareAsync comes first.");
        }

        cancellation.ThrowIfCancellationRequested();
        var start = session.Podman.Run(launch, image, name.Variant);
        console.Phase("accepted");
        try
        {
            var outcome = await GuestProcess.RunAsync(start, console, cancellation).ConfigureAwait(false);
            EnclosedEngine.ThrowIfNotExecuted(start, outcome);
            return PodmanEnd.Of(outcome, launch.Resources, _outOfMemory.HasKilled());
        }
        finally
        {
            // The parent of the group that podman made, or all of it when the container was killed.
            ControlGroups.Remove(launch.Label);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
