using System.Globalization;
using System.Security;
using VirtualBench.Guests;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>The machine that a Linux guest gets, as libvirt's domain XML: processors, memory, a serial port and nothing else.</summary>
/// <param name="Hardware">Virtualisation hardware (KVM) instead of translation (TCG).</param>
internal sealed record VirtualMachineModel(GuestArchitecture Architecture, bool Hardware)
{
    /// <summary>The name of QEMU's program in the search path.</summary>
    public string Emulator => "qemu-system-" + LibvirtArchitecture;

    /// <summary>As libvirt names it.</summary>
    public string LibvirtArchitecture => Architecture == GuestArchitecture.Arm64 ? "aarch64" : "x86_64";

    /// <summary>
    /// All that TCG has on x86-64 (AVX2 among it; the default model has none). On arm64 a model without pointer authentication, which TCG
    /// computes in software: a boot takes six times as long with it. With KVM the host's own.
    /// </summary>
    private string Processor => Hardware ? "<cpu mode='host-passthrough'/>"
        : Architecture == GuestArchitecture.Arm64 ? "<cpu mode='custom' match='exact'><model>cortex-a72</model></cpu>"
        : "<cpu mode='maximum'/>";

    /// <summary>q35 rather than pc: a cloud kernel starts a tenth to a sixth faster on it (1.60 s and 1.92 s, medians of six).</summary>
    public string Machine => Architecture == GuestArchitecture.Arm64 ? "virt" : "q35";

    /// <summary>ACPI is how an x64 guest powers off.</summary>
    private string Features => Architecture == GuestArchitecture.Arm64 ? "" : "<acpi/><apic/>";

    /// <summary>The domain's description.</summary>
    /// <remarks>
    /// Believing that QEMU can list the features that a processor lacks, libvirt asks for each of some 400 by itself, and a start takes 0.2
    /// s longer; believing that it cannot, it asks once. So that capability is taken out.
    /// </remarks>
    /// <param name="emulator">QEMU's file.</param>
    /// <param name="serial">One of the serial ports below.</param>
    /// <param name="label">The domain's name, and what the QEMU process carries in its environment.</param>
    public string DomainXml(
        string emulator, string label, Resources resources, string kernel, string initramfs, string commandLine, string serial)
    {
        var pinning = resources.HostCpus.Count == 0 ? "" : $" cpuset='{string.Join(',', resources.HostCpus)}'";

        // A reset ends the guest, as powering off does: it is how a kernel that panicked stops.
        return string.Create(CultureInfo.InvariantCulture, $"""
            <domain type='{(Hardware ? "kvm" : "qemu")}' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
              <name>{Escape(label)}</name>
              <memory unit='b'>{resources.MemoryBytes}</memory>
              <vcpu placement='static'{pinning}>{resources.VirtualCpus}</vcpu>
              <os>
                <type arch='{LibvirtArchitecture}' machine='{Machine}'>hvm</type>
                <kernel>{Escape(kernel)}</kernel>
                <initrd>{Escape(initramfs)}</initrd>
                <cmdline>{Escape(commandLine)}</cmdline>
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
                {serial}
              </devices>
              <qemu:commandline>
                <qemu:env name='{InstanceProcesses.Variable}' value='{Escape(label)}'/>
              </qemu:commandline>
              <qemu:capabilities>
                <qemu:del capability='cpu-unavailable-features'/>
              </qemu:capabilities>
            </domain>
            """);
    }

    /// <summary>A serial port that QEMU connects to a socket which somebody listens on.</summary>
    public static string SocketSerial(string path) =>
        $"<serial type='unix'><source mode='connect' path='{Escape(path)}'/><target port='0'/></serial>";

    /// <summary>A serial port on a pseudo-terminal.</summary>
    public static string TerminalSerial => "<serial type='pty'><target port='0'/></serial>";

    private static string? Escape(string text) => SecurityElement.Escape(text);
}
