using VirtualBench.Guests;
using VirtualBench.Guests.Containers;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets;

/// <summary>
/// <c>oci:runc</c>, <c>oci:crun</c>, <c>oci:PATH</c>: a bundle handed straight to a container runtime, without daemon, shim or image store
/// between.
/// </summary>
public sealed class OciTarget(TargetName name, TargetSession session) : ITarget
{
    private readonly OutOfMemory _outOfMemory = new();
    private OciRuntime? _runtime;

    public TargetName Name => name;

    public Acceleration Acceleration => name.IsForeign ? Acceleration.Emulation : Acceleration.None;

    public Isolation Isolation { get; } = new(
        Isolation.Namespaces | IsolationLayers.Cgroup,
        "no capabilities" + (name.IsForeign ? "; user-mode emulation by qemu-aarch64" : ""));

    public LinkKinds Links => LinkKinds.Host | LinkKinds.Namespace;

    public DiskKinds Disks => DiskKinds.Directory | DiskKinds.Overlay;

    public Task<Availability> TryAsync(CancellationToken cancellation) => Trial.RunAsync(this, session, FindAsync, cancellation);

    public Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        _runtime ??= OciRuntime.Find(name.Variant ?? "runc", session);
        _outOfMemory.Reset();
        return Task.CompletedTask;
    }

    public async Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        var engine = _runtime ?? throw new InvalidOperationException("PrepareAsync comes first.");
        var instance = new OciInstance(engine, launch);
        instance.WriteBundle();
        console.Phase("accepted");
        try
        {
            var outcome = await GuestProcess.RunAsync(instance.Run(), console, cancellation).ConfigureAwait(false);
            return outcome.WhyNotStarted(engine.Path) is { } refusal ? throw new TargetException(refusal)
                : instance.EndOf(outcome, _outOfMemory.HasKilled());
        }
        finally
        {
            await instance.DeleteAsync().ConfigureAwait(false);
        }
    }

    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (name.IsForeign && EmulatorRegistration.WhyNot(name.Architecture) is { } reason)
        {
            return new Availability(false, null, reason, EmulatorRegistration.Remedy);
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return new Availability(false, null, "a container runtime without a daemon needs root", "sudo ./build.sh run");
        }

        var wanted = name.Variant ?? "runc";
        if (ProgramPath.Find(wanted) is null)
        {
            return new Availability(false, null, $"{wanted} is not installed", "./build.sh setup");
        }

        _runtime = OciRuntime.Find(wanted, session);
        return new Availability(true, await _runtime.VersionAsync(cancellation).ConfigureAwait(false));
    }
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
