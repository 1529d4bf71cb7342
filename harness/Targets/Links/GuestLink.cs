using VirtualBench.Targets.Interop;

namespace VirtualBench.Targets.Links;

/// <summary>How a guest can be plugged into a network.</summary>
[Flags]
public enum LinkKinds
{
    None = 0,

    /// <summary>It is in the host's own network namespace.</summary>
    Host = 1 << 0,

    /// <summary>A network namespace with a link in it.</summary>
    Namespace = 1 << 1,

    /// <summary>A tap device, which a virtual machine's program opens.</summary>
    Tap = 1 << 2,

    /// <summary>A tap device whose packets the host's kernel moves (vhost-net).</summary>
    VhostNet = 1 << 3,

    /// <summary>A vhost-user socket, at whose other end a switch moves the packets.</summary>
    VhostUser = 1 << 4,

    /// <summary>QEMU's own user-mode network (slirp).</summary>
    QemuUser = 1 << 5,

    /// <summary>A socket that carries Ethernet frames, as passt serves it.</summary>
    Stream = 1 << 6,

    /// <summary>Two vhost-user sockets of one switch, for who sends and receives.</summary>
    VhostUserPair = 1 << 7,
}

/// <summary>What a guest is in its network.</summary>
/// <param name="Host">Its IPv4 address.</param>
/// <param name="PrefixLength">Of its subnet.</param>
/// <param name="Mac">E.g. <c>52:54:00:76:62:02</c>; locally administered.</param>
/// <param name="Mtu">In bytes.</param>
public sealed record GuestAddress(string Host, int PrefixLength, string Mac, int Mtu)
{
    /// <summary>The subnet's mask, e.g. <c>255.255.255.0</c>.</summary>
    public string Mask => string.Join(
        '.', Enumerable.Range(0, 4).Select(octet => 255 & (0xff00 >> Math.Clamp(PrefixLength - (8 * octet), 0, 8))));

    /// <summary><c>A.B.C.D/PREFIX</c>.</summary>
    public override string ToString() => $"{Host}/{PrefixLength}";
}

/// <summary>A guest's end of a network: what an engine has to plug in.</summary>
/// <param name="Namespace">The network namespace that the engine's process has to start in; null: ours.</param>
public abstract record GuestLink(GuestAddress Address, NetworkNamespace? Namespace = null);

/// <summary>Nothing to plug in: the guest stays in the host's network namespace.</summary>
public sealed record HostLink(GuestAddress Address) : GuestLink(Address);

/// <summary>A network namespace in which all is set up; the guest has to run in it.</summary>
/// <param name="Namespace">It.</param>
public sealed record NamespaceLink(GuestAddress Address, NetworkNamespace Namespace) : GuestLink(Address, Namespace);

/// <summary>A tap device that is there and up.</summary>
/// <param name="Device">Its name, in <paramref name="Namespace"/>.</param>
/// <param name="Vhost">Whether the host's kernel shall move the packets (vhost-net).</param>
public sealed record TapLink(GuestAddress Address, string Device, NetworkNamespace Namespace, bool Vhost = false)
    : GuestLink(Address, Namespace);

/// <summary>A vhost-user socket.</summary>
/// <param name="Socket">Its path.</param>
/// <param name="IsServedByGuest">The machine's program makes it and the switch connects; otherwise the other way round.</param>
/// <param name="HugePages">The guest's memory has to be of huge pages.</param>
public sealed record VhostUserLink(GuestAddress Address, string Socket, bool IsServedByGuest, bool HugePages = false) : GuestLink(Address);

/// <summary>Two ports of one switch.</summary>
public sealed record VhostUserPairLink(VhostUserLink First, VhostUserLink Second) : GuestLink(First.Address);

/// <summary>QEMU's user-mode network, in a network namespace whose loopback stands for the host's.</summary>
public sealed record QemuUserLink(GuestAddress Address, NetworkNamespace Namespace) : GuestLink(Address, Namespace);

/// <summary>A UNIX socket that somebody listens on and that carries frames as QEMU's <c>-netdev stream</c> writes them.</summary>
public sealed record StreamLink(GuestAddress Address, string Socket) : GuestLink(Address);
