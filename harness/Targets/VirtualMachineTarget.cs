using VirtualBench.Guests;
using VirtualBench.Guests.Linux;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Targets;

/// <summary>
/// <c>qemu</c> (translated) and <c>kvm</c> (hardware): a Linux kernel with our PID 1 and the guest program, started through libvirt.
/// </summary>
public sealed class VirtualMachineTarget(TargetName name, TargetSession session, bool hardware) : ITarget
{
    /// <summary>The engine to take where there is no hardware.</summary>
    private const string Emulated = "qemu";

    private readonly LibvirtEngine _engine = new(session, new VirtualMachineModel(name.Architecture, hardware));
    private readonly LinuxGuestImages _images = new(session, name.Architecture);

    public TargetName Name => name;

    public Acceleration Acceleration => hardware ? Acceleration.Hardware : Acceleration.Emulation;

    public Isolation Isolation { get; } = hardware
        ? new(IsolationLayers.Kernel | IsolationLayers.Hardware, "virtual machine, a QEMU process")
        : new(IsolationLayers.Kernel, "virtual machine, a QEMU process; processor emulated by TCG");

    public LinkKinds Links => MachineLink.Kinds;

    public DiskKinds Disks =>
        MachineDisk.Kinds(isLibvirts: true, hasOwnKernel: session.KernelFile(name.Architecture) is not null);

    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (hardware && HardwareTrial.WhyNot(name, Emulated) is { } reason)
        {
            return reason;
        }

        var found = await _engine.FindAsync(cancellation).ConfigureAwait(false);
        return found.Usable ? _images.Describe(found) : found;
    }

    public Task<Availability> TryAsync(CancellationToken cancellation) =>
        hardware ? HardwareTrial.RunAsync(this, session, FindAsync, Emulated, cancellation)
            : Trial.RunAsync(this, session, FindAsync, cancellation, LinuxGuestImages.TrialMemoryBytes);

    public async Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        await _images.PrepareAsync(programs, cancellation).ConfigureAwait(false);
        await _engine.PrepareAsync(cancellation).ConfigureAwait(false);
    }

    public Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation) => _engine.RunAsync(
        launch,
        new MachineBoot(_images.Kernel, _images.WriteInitramfs(launch), LinuxBoot.KernelCommandLine(name.Architecture), Link: launch.Link)
        {
            Measured = launch.Disk,
        },
        new LinuxGuestEnd(), console, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
