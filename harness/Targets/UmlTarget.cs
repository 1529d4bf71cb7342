using VirtualBench.Guests;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Targets;

/// <summary>
/// <c>uml</c>: a Linux kernel that is an ordinary process of the host, with our PID 1 and the guest program as processes of its own. Guest
/// code runs on the bare processor; each system call of it is stopped by ptrace and answered by that kernel.
/// </summary>
public sealed class UmlTarget(TargetName name, TargetSession session) : ITarget
{
    private readonly LinuxGuestImages _images = new(session, name.Architecture, UserModeLinux.LinkName);
    private UserModeLinux? _kernel;

    public TargetName Name => name;

    public Acceleration Acceleration => Acceleration.None;

    public Isolation Isolation { get; } = new(
        IsolationLayers.Kernel, "the guest's kernel and processes are processes of the host, without capabilities, held by ptrace");

    public LinkKinds Links => LinkKinds.Tap;

    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (name.Variant is not null)
        {
            return new Availability(false, null, "uml has no variants", "--targets uml");
        }

        if (name.IsForeign || name.Architecture != GuestArchitecture.X64)
        {
            return new Availability(false, null, "user-mode Linux exists for x64 hosts only, and runs their own programs");
        }

        if (UserModeLinux.WhyAbsent(session.Image("uml")) is { } absent)
        {
            return absent;
        }

        try
        {
            _ = UserModeMemory.Find(LinuxGuestImages.TrialMemoryBytes);
            _kernel = UserModeLinux.Find(session.Image("uml"));
            return new Availability(true, await _kernel.VersionAsync(cancellation).ConfigureAwait(false));
        }
        catch (TargetException e)
        {
            return new Availability(false, null, e.Message);
        }
    }

    public Task<Availability> TryAsync(CancellationToken cancellation) =>
        Trial.RunAsync(this, session, FindAsync, cancellation, LinuxGuestImages.TrialMemoryBytes);

    public Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        _kernel ??= UserModeLinux.Find(session.Image("uml"));
        _images.PrepareInitramfs(programs);
        return Task.CompletedTask;
    }

    public Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        var kernel = _kernel ?? throw new InvalidOperationException("PrepareAsync comes first.");
        return launch.Resources.VirtualCpus == 1
            ? MachineProcess.RunAsync(
                kernel.Describe(launch, _images.WriteInitramfs(launch), UserModeMemory.Find(launch.Resources.MemoryBytes)),
                "user-mode Linux", new LinuxGuestEnd(), console, cancellation)
            : throw new TargetException("user-mode Linux has one processor: give --vcpus 1, or leave out uml");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
