using VirtualBench.Guests;
using VirtualBench.Targets.Processes;
using VirtualBench.Targets.Rkt;

namespace VirtualBench.Targets;

/// <summary>
/// <c>rkt</c>: a pod of rkt's flavor fly, whose stage 1 sets up a chroot and becomes the guest program. The user brings program and stage 1.
/// </summary>
public sealed class RktTarget(TargetName name, TargetSession session) : ITarget
{
    private const string Flavor = "fly";
    private string? _directory;
    private RktStore? _store;

    public TargetName Name => name;

    public Acceleration Acceleration => Acceleration.None;

    public Isolation Isolation { get; } = new(
        IsolationLayers.Mount,
        "a chroot, in a mount namespace that VirtualBench makes; rkt's flavor fly has no other: pid, net, ipc, uts and cgroup are the host's, "
            + "with all capabilities, /dev, /proc and /sys writable, and no memory limit");

    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (WhyNotHere() is { } refusal)
        {
            return refusal;
        }

        var (rkt, missing) = RktProgram.Find(session, Flavor);
        return rkt is null ? missing! : new Availability(true, await rkt.VersionAsync(cancellation).ConfigureAwait(false));
    }

    public Task<Availability> TryAsync(CancellationToken cancellation) => Trial.RunAsync(this, session, FindAsync, cancellation);

    public async Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        _store ??= await OpenStoreAsync(cancellation).ConfigureAwait(false);
        foreach (var program in programs.Where(program => !_store.Has(program)))
        {
            await _store.AddAsync(program, cancellation).ConfigureAwait(false);
        }
    }

    public async Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        var pod = new RktPod(_store ?? throw new InvalidOperationException("PrepareAsync comes first."), launch);
        console.Phase("accepted");
        try
        {
            var run = pod.Run();
            var outcome = await GuestProcess.RunAsync(run, console, cancellation).ConfigureAwait(false);
            return outcome.StartError == 0 ? RktPod.EndOf(outcome.End, outcome.ErrorText) : throw new TargetException(
                $"cannot execute {run.Path}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(outcome.StartError)}");
        }
        finally
        {
            await pod.DeleteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Mounts of pods went with their mount namespaces, so that what is left are plain files.</summary>
    public ValueTask DisposeAsync()
    {
        _store = null;
        if (_directory is not null)
        {
            Directory.Delete(_directory, recursive: true);
            _directory = null;
        }

        return ValueTask.CompletedTask;
    }

    private Availability? WhyNotHere() =>
        name.Variant is not null
            ? new Availability(false, null, $"rkt has no variant '{name.Variant}'", "--targets rkt")
        : name.Architecture != GuestArchitecture.X64 || name.IsForeign
            ? new Availability(false, null, "rkt runs x86-64 programs on x86-64 hosts only: its programs in the stage 1 are not translated")
        : !Environment.IsPrivilegedProcess ? new Availability(false, null, "rkt needs root to start pods", "sudo ./build.sh run")
        : null;

    private async Task<RktStore> OpenStoreAsync(CancellationToken cancellation)
    {
        var (rkt, missing) = RktProgram.Find(session, Flavor);
        if (rkt is null)
        {
            throw new TargetException($"{missing!.Reason}: {missing.Remedy}");
        }

        _directory ??= session.NewScratchDirectory("rkt");
        var store = new RktStore(rkt, _directory, session.Label("rkt"));
        await store.AddStage1Async(name.Architecture, cancellation).ConfigureAwait(false);
        return store;
    }
}
