using VirtualBench.Guests;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>
/// The machine that OSv gets: what it has drivers for, and nothing else. Not QEMU's microvm on x64: under TCG the HPET is the only clock
/// that OSv finds.
/// </summary>
internal static class OsvMachine
{
    // On arm64 OSv hangs at a device behind a bridge, where libvirt would put it: each has a place on bus 0.
    public static VirtualMachineModel Model(GuestArchitecture architecture, bool hardware)
    {
        var model = new VirtualMachineModel(architecture, hardware) 
        {
            DiskAddress = VirtualMachineModel.SlotXml(2),
            LinkSlot = 4,
            MeasuredSlot = 5,
        };

        // Whoever reads random numbers waits until there are some, and without a RDRAND OSv has to gather them. .NET does when it starts.
        return architecture == GuestArchitecture.X64
            ? model
            : model with
            {
                Devices = $"<rng model='virtio'><backend model='random'>/dev/urandom</backend>{VirtualMachineModel.SlotXml(3)}</rng>",
            };
    }
}
