using System.Globalization;
using System.Security;
using VirtualBench.Guests;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>What a machine starts.</summary>
/// <param name="Kernel">A file that QEMU's <c>-kernel</c> takes.</param>
/// <param name="Initramfs">Null: none.</param>
/// <param name="CommandLine">The kernel's.</param>
/// <param name="Link">The guest's network; null: none.</param>
/// <param name="Disk">A raw image that the guest gets as its first virtio-blk disk, read-only; null: none.</param>
internal sealed record MachineBoot(string Kernel, string? Initramfs, string CommandLine, string? Disk = null, GuestLink? Link = null)
{
    /// <summary>The disk that the guest measures; null: none.</summary>
    public GuestDisk? Measured { get; init; }
}

/// <summary>
/// The machine that a guest gets, as libvirt's domain XML: processors, memory, a serial port and what the guest asks for.
/// </summary>
/// <param name="Hardware">Virtualisation hardware (KVM) instead of translation (TCG).</param>
internal sealed record VirtualMachineModel(GuestArchitecture Architecture, bool Hardware)
{
    /// <summary>Where a device stands that libvirt does not place.</summary>
    private const int FreeSlot = 0x10;

    /// <summary>A serial port on a pseudo-terminal.</summary>
    public const string TerminalSource = "<serial type='pty'>";

    /// <summary>The name of QEMU's program in the search path.</summary>
    public string Emulator => QemuProgram.NameFor(Architecture);

    /// <summary>As libvirt names it.</summary>
    public string LibvirtArchitecture => Architecture == GuestArchitecture.Arm64 ? "aarch64" : "x86_64";

    /// <summary>q35 rather than pc: a cloud kernel starts a tenth to a sixth faster on it (1.60 s and 1.92 s, medians of six).</summary>
    public string Machine { get; init; } = Architecture == GuestArchitecture.Arm64 ? "virt" : "q35";

    /// <summary>
    /// All that TCG has on x86-64 (AVX2 among it; the default model has none). On arm64 a model without pointer authentication, which TCG
    /// computes in software: a boot takes six times as long with it. With KVM the host's own.
    /// </summary>
    public string Processor { get; init; } = Hardware ? "<cpu mode='host-passthrough'/>"
        : Architecture == GuestArchitecture.Arm64 ? "<cpu mode='custom' match='exact'><model>cortex-a72</model></cpu>"
        : "<cpu mode='maximum'/>";

    /// <summary>ACPI is how an x64 guest powers off.</summary>
    public string Features { get; init; } = Architecture == GuestArchitecture.Arm64 ? "" : "<acpi/><apic/>";

    /// <summary>What the serial port is to the guest, e.g. <c>isa-debugcon</c>.</summary>
    public string SerialTarget { get; init; } = "<target port='0'/>";

    /// <summary>Where the disk stands on the bus; empty: where libvirt puts it.</summary>
    public string DiskAddress { get; init; } = "";

    /// <summary>The slot on bus 0 where the network device stands; 0: where libvirt puts it.</summary>
    public int LinkSlot { get; init; }

    /// <summary>The slot on bus 0 where the disk stands that the guest measures; 0: where libvirt puts it.</summary>
    public int MeasuredSlot { get; init; }

    /// <summary>More devices, as XML.</summary>
    public string Devices { get; init; } = "";

    /// <summary>Arguments for QEMU that libvirt has no words for.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The domain's description.</summary>
    /// <remarks>
    /// Believing that QEMU can list the features that a processor lacks, libvirt asks for each of some 400 by itself, and a start takes 0.2
    /// s longer; believing that it cannot, it asks once. So that capability is taken out.
    /// </remarks>
    /// <param name="emulator">QEMU's file.</param>
    /// <param name="serial">The host's end of the serial port: the opening of a <c>serial</c> element, see below.</param>
    /// <param name="label">The domain's name, and what the QEMU process carries in its environment.</param>
    public string DomainXml(string emulator, string label, Resources resources, MachineBoot boot, string serial)
    {
        var pinning = resources.HostCpus.Count == 0 ? "" : $" cpuset='{string.Join(',', resources.HostCpus)}'";
        var arguments = string.Concat(
            Arguments.Concat(MachineLink.Arguments(boot.Link, FreeSlot)).Select(argument => $"<qemu:arg value='{Escape(argument)}'/>"));

        // A reset ends the guest, as powering off does: it is how a kernel that panicked stops.
        return string.Create(CultureInfo.InvariantCulture, $"""
            <domain type='{(Hardware ? "kvm" : "qemu")}' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
              <name>{Escape(label)}</name>
              <memory unit='b'>{resources.MemoryBytes}</memory>
              {MachineLink.MemoryXml(boot.Link)}{MachineDisk.MemoryXml(boot.Measured)}
              <vcpu placement='static'{pinning}>{resources.VirtualCpus}</vcpu>
              <os>
                <type arch='{LibvirtArchitecture}' machine='{Machine}'>hvm</type>
                <kernel>{Escape(boot.Kernel)}</kernel>
                {(boot.Initramfs is null ? "" : $"<initrd>{Escape(boot.Initramfs)}</initrd>")}
                <cmdline>{Escape(boot.CommandLine)}</cmdline>
              </os>
              <features>{Features}</features>
              {Processor}
              <on_poweroff>destroy</on_poweroff>
              <on_reboot>destroy</on_reboot>
              <on_crash>destroy</on_crash>
              <devices>
                <emulator>{Escape(emulator)}</emulator>
                <controller type='usb' model='none'/>
                <memballoon model='none'/>
                {serial}{SerialTarget}</serial>
                {(boot.Disk is null ? "" : DiskXml(boot.Disk))}
                {MachineLink.Xml(boot.Link, LinkSlot == 0 ? "" : SlotXml(LinkSlot))}
                {MachineDisk.Xml(boot.Measured, MeasuredSlot == 0 ? "" : SlotXml(MeasuredSlot))}
                {Devices}
              </devices>
              <qemu:commandline>
                {arguments}
                <qemu:env name='{InstanceProcesses.Variable}' value='{Escape(label)}'/>
              </qemu:commandline>
              <qemu:capabilities>
                <qemu:del capability='cpu-unavailable-features'/>
              </qemu:capabilities>
            </domain>
            """);
    }

    /// <summary>A serial port that QEMU connects to a socket which somebody listens on.</summary>
    public static string SocketSource(string path) => $"<serial type='unix'><source mode='connect' path='{Escape(path)}'/>";

    /// <summary>A place on bus 0.</summary>
    public static string SlotXml(int slot) => FormattableString.Invariant(
        $"<address type='pci' domain='0x0000' bus='0x00' slot='0x{slot:x2}' function='0x0'/>");

    private string DiskXml(string file) => $"""
        <disk type='file' device='disk'>
          <driver name='qemu' type='raw' cache='unsafe'/>
          <source file='{Escape(file)}'/>
          <target dev='vda' bus='virtio'/>
          <readonly/>
          {DiskAddress}
        </disk>
        """;

    private static string? Escape(string text) => SecurityElement.Escape(text);
}
