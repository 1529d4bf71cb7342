using System.Security;
using VirtualBench.Targets.Links;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>A guest's link as a virtio network device: for libvirt, and for QEMU's own command line.</summary>
internal static class MachineLink
{
    /// <summary>What a machine can plug in, whichever way it is started.</summary>
    public const LinkKinds Kinds =
        LinkKinds.Tap | LinkKinds.VhostNet | LinkKinds.VhostUser | LinkKinds.QemuUser | LinkKinds.Stream;

    private const string BackEnd = "link";

    /// <summary>The device, in libvirt's words; empty where <see cref="Arguments"/> says all.</summary>
    /// <param name="address">Where it stands on the bus, as an <c>address</c> element; empty: where libvirt puts it.</param>
    public static string Xml(GuestLink? link, string address) => link switch
    {
        // libvirt opens the tap, in the network namespace of the thread that asks for the machine.
        TapLink tap => Interface(
            "ethernet", tap,
            $"<target dev='{Escape(tap.Device)}' managed='no'/><driver name='{(tap.Vhost ? "vhost" : "qemu")}'/>", address),
        VhostUserLink user => Interface(
            "vhostuser", user,
            $"<source type='unix' path='{Escape(user.Socket)}' mode='{(user.IsServedByGuest ? "server" : "client")}'/>", address),
        QemuUserLink user => Interface("user", user, "", address),
        _ => "",
    };

    /// <summary>The memory that a link asks for, in libvirt's words: a vhost-user switch maps it.</summary>
    public static string MemoryXml(GuestLink? link) => link is not VhostUserLink user ? ""
        : user.HugePages ? "<memoryBacking><hugepages/><source type='memfd'/><access mode='shared'/></memoryBacking>"
        : "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>";

    /// <summary>What libvirt 9 has no words for.</summary>
    /// <param name="slot">The device's slot on bus 0.</param>
    public static IReadOnlyList<string> Arguments(GuestLink? link, int slot) => link switch
    {
        StreamLink stream =>
        [
            .. BackEndArguments(stream),
            "-device", FormattableString.Invariant($"virtio-net-pci,netdev={BackEnd},mac={stream.Address.Mac},addr=0x{slot:x2}"),
        ],
        // Without KVM, QEMU 7.2 dies of a vhost-user device that interrupts by message.
        VhostUserLink => ["-global", "virtio-net-pci.vectors=0"],
        _ => [],
    };

    /// <summary>The device and what is behind it, for QEMU started directly.</summary>
    /// <param name="device">Its model, e.g. <c>virtio-net-device</c>.</param>
    public static IReadOnlyList<string> Arguments(GuestLink? link, string device) => link is null ? []
        : [.. BackEndArguments(link), "-device", $"{device},netdev={BackEnd},mac={link.Address.Mac}"];

    /// <summary>QEMU's memory for a link, started directly; empty: any will do.</summary>
    public static IReadOnlyList<string> MemoryArguments(GuestLink? link, long memoryBytes) => link is not VhostUserLink user ? []
        :
        [
            "-object",
            FormattableString.Invariant(
                $"memory-backend-memfd,id=memory,size={memoryBytes},share=on,hugetlb={(user.HugePages ? "on" : "off")}"),
            "-machine", "memory-backend=memory",
        ];

    private static IReadOnlyList<string> BackEndArguments(GuestLink link) => link switch
    {
        TapLink tap => ["-netdev", $"tap,id={BackEnd},ifname={tap.Device},script=no,downscript=no,vhost={(tap.Vhost ? "on" : "off")}"],
        VhostUserLink user =>
        [
            "-chardev", $"socket,id=switch,path={QemuText.Value(user.Socket)}{(user.IsServedByGuest ? ",server=on,wait=off" : "")}",
            "-netdev", $"vhost-user,id={BackEnd},chardev=switch",
        ],
        QemuUserLink => ["-netdev", $"user,id={BackEnd}"],
        StreamLink stream => ["-netdev", $"stream,id={BackEnd},server=off,addr.type=unix,addr.path={QemuText.Value(stream.Socket)}"],
        _ => throw new ArgumentException($"a virtual machine cannot plug in {link.GetType().Name}", nameof(link)),
    };

    private static string Interface(string type, GuestLink link, string inner, string address) =>
        $"<interface type='{type}'><mac address='{link.Address.Mac}'/>{inner}<model type='virtio'/>{address}</interface>";

    private static string? Escape(string text) => SecurityElement.Escape(text);
}
