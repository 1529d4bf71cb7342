using VirtualBench.Guests;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>The machine that OSv gets: what it has drivers for, and nothing else.</summary>
internal static class OsvMachine
{
    public static VirtualMachineModel Model(GuestArchitecture architecture, bool hardware) => architecture == GuestArchitecture.Arm64
        ? new(architecture, hardware)
        {
            // OSv reads the controller that was asked of QEMU; with TCG the second version is the one that it was tried with.
            Features = $"<gic version='{(hardware ? "host" : "2")}'/>",
            DiskAddress = Slot(2),

            // .NET reads random numbers when it starts, and OSv has none to give on arm64 without such a device.
            Devices = $"<rng model='virtio'><backend model='random'>/dev/urandom</backend>{Slot(3)}</rng>",
        }
        : new(architecture, hardware) { DiskAddress = Slot(2) };

    // OSv looks at the first bus only; libvirt would put devices behind bridges.
    private static string Slot(int slot) => $"<address type='pci' domain='0x0000' bus='0x00' slot='0x{slot:x2}' function='0x0'/>";
}
