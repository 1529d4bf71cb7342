using VirtualBench.Targets;
using VirtualBench.Targets.Links;

namespace VirtualBench.Networks;

/// <summary>One way to connect guests.</summary>
/// <param name="Name">As the user writes it; before the colon when it takes an argument.</param>
/// <param name="Description">One line.</param>
/// <param name="Argument">What comes behind the colon, e.g. <c>SOCKET</c>; null when nothing does.</param>
/// <param name="Create">Makes one, given its argument.</param>
public sealed record NetworkKind(
    string Name, string Description, string? Argument, LinkKinds Offers, Func<string?, NetworkSession, INetwork> Create)
{
    /// <summary>What the user may choose of it.</summary>
    public IReadOnlyList<NetworkOption> Options { get; init; } = [];

    /// <summary>Why an argument is none, one line; null when it is one.</summary>
    public Func<string, string?> WhyWrong { get; init; } = _ => null;

    /// <summary>As the user writes it, e.g. <c>vhost-user:SOCKET</c>.</summary>
    public string Usage => Argument is null ? Name : $"{Name}:{Argument}";
}

/// <summary>Every network there is: the one place besides its own file that a new one touches.</summary>
public static class NetworkCatalogue
{
    /// <summary>No network; what every target has that is not crossed with one.</summary>
    public const string None = "none";

    /// <summary>In the order in which they are shown.</summary>
    public static IReadOnlyList<NetworkKind> All { get; } =
    [
        new("host", "the host's own network namespace, over its loopback", null, LinkKinds.Host, (_, _) => new HostNetwork()),
        new("bridge", "a Linux bridge in a network namespace of ours: veth for containers, tap for virtual machines", null,
            LinkKinds.Namespace | LinkKinds.Tap, (_, _) => new BridgeNetwork()),
        new("vhost", "that bridge, with taps whose packets the host's kernel moves (vhost-net)", null,
            LinkKinds.VhostNet, (_, _) => new VhostNetwork()),
        new("macvlan", "macvlan devices on one link of ours, for containers", null, LinkKinds.Namespace, (_, _) => new MacvlanNetwork()),
        new("slirp", "libslirp in user space: QEMU's own network for virtual machines, slirp4netns for containers", null,
            LinkKinds.Namespace | LinkKinds.QemuUser, (_, session) => new SlirpNetwork(session)),
        new("passt", "passt in user space: a socket of frames for virtual machines, pasta for containers", null,
            LinkKinds.Namespace | LinkKinds.Stream, (_, session) => new PasstNetwork(session)),
        new(OvsNetwork.NetworkName, "Open vSwitch in user space: veth for containers, tap for virtual machines", null,
            LinkKinds.Namespace | LinkKinds.Tap, (_, session) => new OvsNetwork(session)) { Options = OvsNetwork.Options },
        new(OvsDpdkNetwork.NetworkName, "Open vSwitch with DPDK: veth for containers, vhost-user for virtual machines", null,
            LinkKinds.Namespace | LinkKinds.VhostUser | LinkKinds.VhostUserPair, (_, session) => new OvsDpdkNetwork(session))
        {
            Options = OvsDpdkNetwork.Options,
        },
        new(VhostUserNetwork.NetworkName, "a switch that you run, by its vhost-user sockets (VPP, Snabb, VOSYSwitch, ...)",
            "SOCKET[+SOCKET]", LinkKinds.VhostUser | LinkKinds.VhostUserPair, (sockets, session) => new VhostUserNetwork(sockets!, session))
        {
            Options = VhostUserNetwork.Options,
            WhyWrong = VhostUserNetwork.WhyWrong,
        },
    ];

    /// <summary>Why a name is none; null when it is.</summary>
    public static string? WhyUnknown(string name) => Find(name, out var argument) is not { } kind
            ? $"unknown network '{name}'; there are {string.Join(", ", All.Select(k => k.Usage))}"
        : kind.Argument is null != argument is null
            ? $"'{name}' is no network: write {kind.Usage}"
        : argument is null ? null
        : kind.WhyWrong(argument);

    /// <summary>Why <c>NETWORK.NAME=VALUE</c> is no option, one line; null when it is one.</summary>
    public static string? WhyNoOption(string text) =>
        text.Split('=', 2) is not [var key, var value] || key.Split('.', 2) is not [var network, var name]
            ? $"'{text}' is no option of a network: write NETWORK.NAME=VALUE, e.g. ovs-dpdk.pmd-maxsleep=0"
        : All.FirstOrDefault(kind => kind.Name == network) is not { } found
            ? $"'{text}': there is no network '{network}'"
        : found.Options.FirstOrDefault(o => o.Name == name) is not { } option
            ? found.Options.Count == 0 ? $"'{text}': {network} has no options"
                : $"'{text}': {network} has no option '{name}'; there are {string.Join(", ", found.Options.Select(o => o.Name))}"
        : option.Accepts(value) ? null
        : $"'{text}': {key} is {option.Values}";

    /// <summary>The kind that a network is of: its name before the colon.</summary>
    public static string KindOf(string network) => BackEnds.Split(network).Kind;

    /// <summary>Why a guest of a target cannot be plugged into a network whatever is installed; null when it can.</summary>
    /// <param name="links">What the target can plug in.</param>
    public static string? WhyImpossible(string name, TargetName target, LinkKinds links) =>
        Find(name, out _) is not { } kind ? WhyUnknown(name)
        : (kind.Offers & links) != LinkKinds.None ? null
        : links == LinkKinds.None ? $"{target} cannot be plugged into a network"
        : $"{kind.Name} gives {Words(kind.Offers)}, and {target} takes {Words(links)}";

    /// <summary>Whether a guest in it stays in the host's network namespace.</summary>
    public static bool IsHosts(string name) => Find(name, out _)?.Offers == LinkKinds.Host;

    /// <exception cref="TargetException">There is no such network.</exception>
    public static INetwork Create(string name, NetworkSession session) =>
        WhyUnknown(name) is { } reason ? throw new TargetException(reason)
        : Find(name, out var argument)!.Create(argument, session);

    private static NetworkKind? Find(string name, out string? argument)
    {
        (var kind, argument) = BackEnds.Split(name);
        return All.FirstOrDefault(k => k.Name == kind);
    }

    private static string Words(LinkKinds kinds) => string.Join(" or ", Enum.GetValues<LinkKinds>()
        .Where(kind => kind != LinkKinds.None && kinds.HasFlag(kind)).Select(kind => kind switch
        {
            LinkKinds.Host => "the host's own namespace",
            LinkKinds.Namespace => "a namespace",
            LinkKinds.Tap => "a tap",
            LinkKinds.VhostNet => "a tap with vhost-net",
            LinkKinds.VhostUser => "a vhost-user socket",
            LinkKinds.VhostUserPair => "two vhost-user sockets",
            LinkKinds.QemuUser => "QEMU's user-mode network",
            _ => "a socket of frames",
        }));
}
