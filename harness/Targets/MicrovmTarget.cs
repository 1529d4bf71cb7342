using VirtualBench.Guests;
using VirtualBench.Guests.Linux;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Targets;

/// <summary>
/// <c>microvm</c> (translated) and <c>microvm:kvm</c>: the guest of <c>qemu</c> and <c>kvm</c> on QEMU's smallest machine, which has no
/// PCI. QEMU is started directly, for libvirt 9 does not know this machine.
/// </summary>
public sealed class MicrovmTarget(TargetName name, TargetSession session) : ITarget
{
    private const string Emulated = "microvm";

    // ACPI is how the guest powers off. The rest stays as QEMU chooses it: without the real-time clock Linux waits for it for two seconds,
    // and without the interval timer and its interrupt controller a translated guest does not boot.
    private readonly QemuProcess _engine = new(new QemuMachine(name.Architecture, IsHardware(name), "microvm,acpi=on"));
    private readonly LinuxGuestImages _images = new(session, name.Architecture, transport: "virtio_mmio");
    private long? _tscKhz;

    public TargetName Name => name;

    public Acceleration Acceleration => IsHardware(name) ? Acceleration.Hardware : Acceleration.Emulation;

    public Isolation Isolation { get; } = IsHardware(name)
        ? new(IsolationLayers.Kernel | IsolationLayers.Hardware, "virtual machine, a QEMU process under seccomp")
        : new(IsolationLayers.Kernel, "virtual machine, a QEMU process under seccomp; processor emulated by TCG");

    public LinkKinds Links => MachineLink.Kinds;

    public DiskKinds Disks =>
        MachineDisk.Kinds(isLibvirts: false, hasOwnKernel: session.KernelFile(name.Architecture) is not null);

    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (WhyNot() is { } reason)
        {
            return reason;
        }

        var found = await _engine.FindAsync(cancellation).ConfigureAwait(false);
        return found.Usable ? _images.Describe(found) : found;
    }

    public Task<Availability> TryAsync(CancellationToken cancellation) =>
        IsHardware(name) && WhyNot() is null ? HardwareTrial.RunAsync(this, session, FindAsync, Emulated, cancellation)
            : Trial.RunAsync(this, session, FindAsync, cancellation, LinuxGuestImages.TrialMemoryBytes);

    public async Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        await _images.PrepareAsync(programs, cancellation).ConfigureAwait(false);

        // The only clock to measure the counter against is the interval timer, and a busy host serves that too late: the kernel then does
        // without the counter, and hangs. TCG's counter is the host's; under KVM the guest is told.
        if (!IsHardware(name))
        {
            _tscKhz ??= await TimeStampCounter.MeasureKhzAsync(cancellation).ConfigureAwait(false);
        }
    }

    public Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation) => _engine.RunAsync(
        launch,
        new MachineBoot(
            _images.Kernel, _images.WriteInitramfs(launch), LinuxBoot.KernelCommandLine(name.Architecture, _tscKhz), Link: launch.Link)
        {
            Measured = launch.Disk,
        },
        new LinuxGuestEnd(), console, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static bool IsHardware(TargetName name) => name.Variant == "kvm";

    private Availability? WhyNot() => name switch
    {
        { Architecture: not GuestArchitecture.X64 } =>
            new(false, null, "microvm is an x64 machine: use microvm@x64", "--targets microvm@x64"),
        { Variant: not (null or "kvm") } => new(false, null, $"microvm has no variant '{name.Variant}'", "--targets microvm:kvm"),
        _ => IsHardware(name) ? HardwareTrial.WhyNot(name, Emulated) : null,
    };
}
