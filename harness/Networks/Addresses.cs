using System.Globalization;
using VirtualBench.Targets;
using VirtualBench.Targets.Links;

namespace VirtualBench.Networks;

/// <summary>
/// The addresses in networks of ours. They are the same in each, since each is a world of its own: no packet of it reaches a host's link.
/// </summary>
internal static class Addresses
{
    /// <summary>What Ethernet carries.</summary>
    public const int Mtu = 1500;

    public const int PrefixLength = 24;

    /// <summary>The host's end.</summary>
    public const string Host = "10.77.0.1";

    /// <summary>The host's end where it is a link's.</summary>
    public static GuestAddress HostEnd { get; } = Guest(-1);

    /// <summary>The guest in a slot. Its MAC address begins as those of QEMU do, which is locally administered.</summary>
    public static GuestAddress Guest(int slot) => new(
        string.Create(CultureInfo.InvariantCulture, $"10.77.0.{slot + 2}"), PrefixLength,
        string.Create(CultureInfo.InvariantCulture, $"52:54:00:76:62:{slot + 2:x2}"), Mtu);
}
