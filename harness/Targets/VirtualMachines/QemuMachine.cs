using System.Globalization;
using VirtualBench.Guests;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>The machine that a guest gets, as QEMU's own command line: for boards that libvirt has no words for.</summary>
/// <param name="Hardware">Virtualisation hardware (KVM) instead of translation (TCG).</param>
/// <param name="Board">As <c>-M</c> takes it, e.g. <c>microvm,acpi=on</c>.</param>
internal sealed record QemuMachine(GuestArchitecture Architecture, bool Hardware, string Board)
{
    /// <summary>
    /// As <c>-cpu</c> takes it. All that TCG has on x86-64; on arm64 a model without pointer authentication, as in
    /// <see cref="VirtualMachineModel.Processor"/>.
    /// </summary>
    public string Processor { get; init; } = Hardware ? "host" : Architecture == GuestArchitecture.Arm64 ? "cortex-a72" : "max";

    /// <summary>What puts the guest's console on QEMU's standard output.</summary>
    public IReadOnlyList<string> Console { get; init; } = ["-serial", "stdio"];

    /// <summary>The model of a disk, where a guest has one.</summary>
    public string DiskDevice { get; init; } = "virtio-blk-device";

    /// <summary>The model of a network device, where a guest has one.</summary>
    public string LinkDevice { get; init; } = "virtio-net-device";

    /// <summary>More arguments.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>The whole command line, without the program.</summary>
    public IReadOnlyList<string> Arguments(string label, Resources resources, MachineBoot boot) =>
    [
        "-name", "guest=" + label,
        "-M", Board,
        "-accel", Hardware ? "kvm" : "tcg",
        "-cpu", Processor,
        "-m", string.Create(CultureInfo.InvariantCulture, $"{resources.MemoryBytes}B"),
        "-smp", resources.VirtualCpus.ToString(CultureInfo.InvariantCulture),
        "-kernel", boot.Kernel,
        .. boot.Initramfs is null ? (IReadOnlyList<string>)[] : ["-initrd", boot.Initramfs],
        .. boot.CommandLine.Length == 0 ? (IReadOnlyList<string>)[] : ["-append", boot.CommandLine],
        .. boot.Disk is null ? [] : Disk(boot.Disk),
        .. MachineDisk.Arguments(boot.Measured),
        .. MachineLink.MemoryArguments(boot.Link, resources.MemoryBytes),
        .. MachineLink.Arguments(boot.Link, LinkDevice),
        "-nodefaults", "-no-user-config", "-display", "none",
        .. Console,
        .. Devices,
        // A reset ends the guest, as powering off does: it is how a kernel that panicked stops.
        "-no-reboot",
        // What libvirt forbids QEMU, too: a guest that takes it over can start no program.
        "-sandbox", "on,obsolete=deny,spawn=deny,resourcecontrol=deny",
    ];

    private IReadOnlyList<string> Disk(string file) =>
    [
        "-drive", $"file={QemuText.Value(file)},if=none,id=disk,format=raw,readonly=on,cache=unsafe",
        "-device", DiskDevice + ",drive=disk",
    ];
}
