using VirtualBench.Guests;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Rkt;

namespace VirtualBench.Targets;

/// <summary>
/// <c>rkt</c> and <c>rkt:host</c>: a pod of rkt, by its flavor fly (a chroot) or host (systemd-nspawn). The user brings rkt and the stage 1
/// image of the flavor, for neither is distributed any more.
/// </summary>
public sealed class RktTarget(TargetName name, TargetSession session) : ITarget
{
    private readonly IRktFlavor _flavor = name.Variant == "host" ? new RktHost() : new RktFly();
    private string? _directory;
    private RktStore? _store;

    public TargetName Name => name;

    public Acceleration Acceleration => Acceleration.None;

    public Isolation Isolation => _flavor.Isolation;

    public LinkKinds Links => LinkKinds.Host | LinkKinds.Namespace;

    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (WhyNotHere() is { } refusal)
        {
            return refusal;
        }

        var (rkt, missing) = RktProgram.Find(session, _flavor);
        if (rkt is null || (missing = _flavor.WhyNot()) is not null)
        {
            return missing!;
        }

        var version = await rkt.VersionAsync(cancellation).ConfigureAwait(false);
        return new Availability(true, version, _flavor.WhyOnRequest, null, OnRequest: _flavor.WhyOnRequest is not null);
    }

    public Task<Availability> TryAsync(CancellationToken cancellation) =>
        Trial.RunAsync(this, session, FindAsync, cancellation, within: _flavor.TrialLimit);

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
        var pod = new RktPod(_store ?? throw new InvalidOperationException("PrepareAsync comes first."), _flavor, launch);
        console.Phase("accepted");
        try
        {
            return await pod.RunAsync(console, cancellation).ConfigureAwait(false);
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
        name.Variant is not (null or "host")
            ? new Availability(false, null, $"rkt has no variant '{name.Variant}'", "--targets rkt,rkt:host")
        : name.Architecture != GuestArchitecture.X64 || name.IsForeign
            ? new Availability(false, null, "rkt runs x86-64 programs on x86-64 hosts only: its programs in the stage 1 are not translated")
        : !Environment.IsPrivilegedProcess ? new Availability(false, null, "rkt needs root to start pods", "sudo ./build.sh run")
        : null;

    private async Task<RktStore> OpenStoreAsync(CancellationToken cancellation)
    {
        var (rkt, missing) = RktProgram.Find(session, _flavor);
        if (rkt is null)
        {
            throw new TargetException($"{missing!.Reason}: {missing.Remedy}");
        }

        _directory ??= session.NewScratchDirectory("rkt");
        _flavor.Prepare(_directory);
        var store = new RktStore(rkt, _directory, session.Label("rkt"));
        await store.AddStage1Async(name.Architecture, cancellation).ConfigureAwait(false);
        return store;
    }
}
