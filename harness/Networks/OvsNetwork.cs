using VirtualBench.Targets;
using VirtualBench.Targets.Links;

namespace VirtualBench.Networks;

/// <summary>
/// <c>ovs</c>: Open vSwitch, whose datapath is its own process: frames come and go by packet sockets on virtual Ethernet links (containers,
/// the host's end) and taps (virtual machines).
/// </summary>
internal sealed class OvsNetwork(NetworkSession session) : OpenVSwitchNetwork(session)
{
    public const string NetworkName = "ovs";

    /// <summary>
    /// On by default, as every kernel's bridge has it; and without it, a virtual machine's checksums, which its tap leaves to be computed
    /// later, are lost.
    /// </summary>
    private static readonly NetworkOption Segmentation = NetworkOption.Switch(
        "tso", true, "segments and checksums are left to who receives them (userspace-tso-enable); without it, no virtual machines");

    public static IReadOnlyList<NetworkOption> Options { get; } = [Segmentation];

    public override string Name => NetworkName;

    public override LinkKinds Offers => LinkKinds.Namespace | LinkKinds.Tap;

    /// <summary>By its own path: which one the command's name means is a choice of the host's (alternatives).</summary>
    protected override IReadOnlyList<string> Daemons { get; } = ["/usr/lib/openvswitch-switch/ovs-vswitchd", "ovs-vswitchd"];

    protected override bool KeepsOffloads => Session.Option(Name, Segmentation) == NetworkOption.Yes;

    protected override IReadOnlyDictionary<string, string> OwnSettings => new Dictionary<string, string>
    {
        ["datapath"] = "netdev, in ovs-vswitchd's main thread",
        ["links"] = "packet sockets on veth and tap",
        ["tso"] = Session.Option(Name, Segmentation),
    };

    protected override OpenVSwitchSetup Setup(string daemon) => new(
        daemon, new Dictionary<string, string> { ["userspace-tso-enable"] = KeepsOffloads ? "true" : "false" }, TimeSpan.FromSeconds(30));

    protected override Task<INetworkPort> PlugMachineAsync(
        LinkKinds kind, string name, int slot, string scratchDirectory, CancellationToken cancellation) => !KeepsOffloads
        ? throw new TargetException($"{Name}: without segmentation offload a tap's checksums are lost: {Name}.{Segmentation.Name}=yes")
        : PlugPortAsync(
            name, links => new TapLink(Addresses.Guest(slot), name, links.Namespace),
            async links =>
            {
                await links.RunAsync($"tuntap add dev {name} mode tap vnet_hdr", cancellation).ConfigureAwait(false);
                await links.RunAsync($"link set {name} mtu {Addresses.Mtu} up", cancellation).ConfigureAwait(false);
            },
            [], cancellation);
}
