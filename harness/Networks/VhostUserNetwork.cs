using System.Net;
using System.Net.Sockets;
using VirtualBench.Targets;
using VirtualBench.Targets.Links;

namespace VirtualBench.Networks;

/// <summary>
/// <c>vhost-user:SOCKET</c> or <c>vhost-user:SOCKET+SOCKET</c>: a switch that the user runs (VPP, Snabb, VOSYSwitch, an Open vSwitch),
/// known only by its vhost-user sockets: the first is the measuring guest's, the second that of the guest that it talks to. A host's end
/// there is when the user plugs an interface of the host into the switch, and says which address it has.
/// </summary>
internal sealed class VhostUserNetwork : INetwork
{
    public const string NetworkName = "vhost-user";

    private static readonly NetworkOption Server = NetworkOption.OneOf(
        "server", "switch", "who makes the sockets and listens on them: the switch, or the virtual machine's program", "switch", "guest");

    private static readonly NetworkOption HostAddress = new(
        "host", "", "IPv4 address in 10.77.0.0/24 of the host's interface that you plugged into the switch; without: --peer guest",
        "an address from 10.77.0.1 to 10.77.0.254, other than the guests' 10.77.0.2 and 10.77.0.3", IsHostAddress);

    private static readonly NetworkOption HugePages = NetworkOption.Switch(
        "hugepages", false, "guests' memory is of huge pages, which you reserve: some switches map no other");

    private readonly NetworkSession _session;
    private readonly string[] _sockets;

    public VhostUserNetwork(string sockets, NetworkSession session)
    {
        _session = session;
        _sockets = sockets.Split('+');
        Name = $"{NetworkName}:{sockets}";
    }

    public static IReadOnlyList<NetworkOption> Options { get; } = [Server, HostAddress, HugePages];

    public string Name { get; }

    public LinkKinds Offers => LinkKinds.VhostUser | LinkKinds.VhostUserPair;

    public IReadOnlyDictionary<string, string> Settings => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["hugepages"] = Option(HugePages),
        ["mtu"] = FormattableString.Invariant($"{Addresses.Mtu}"),
        ["server"] = Option(Server),
        ["switch"] = "the user's own",
    };

    public HostSide? HostSide => Option(HostAddress) is { Length: > 0 } address ? new HostSide(address, null) : null;

    private bool IsServedByGuest => Option(Server) == "guest";

    /// <summary>Why a list of sockets is none; null when it is one.</summary>
    public static string? WhyWrong(string sockets) =>
        sockets.Split('+') is { Length: 1 or 2 } paths && paths.Distinct().Count() == paths.Length && paths.All(Path.IsPathFullyQualified)
            ? null
            : $"'{sockets}' is not one absolute path, or two joined by +: {NetworkName}:/run/guest.sock+/run/peer.sock";

    /// <summary>Only whether a switch's sockets are there: one that is connected to expects a virtual machine.</summary>
    public Task<Availability> FindAsync(CancellationToken cancellation) => Task.FromResult(
        !Environment.IsPrivilegedProcess
            ? new Availability(false, null, "virtual machines with a vhost-user switch need root", "sudo ./build.sh run")
        : WhyUnready() is { } reason ? new Availability(false, null, reason)
        : new Availability(true, null));

    public Task OpenAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task<INetworkPort> PlugAsync(
        LinkKinds kind, int slot, string label, string scratchDirectory, CancellationToken cancellation)
    {
        var isPair = kind == LinkKinds.VhostUserPair;
        if (slot + (isPair ? 1 : 0) >= _sockets.Length)
        {
            throw new TargetException($"{Name} has no socket for a second guest: {NetworkName}:{_sockets[0]}+SOCKET");
        }

        if (WhyUnready() is { } reason)
        {
            throw new TargetException(reason);
        }

        return Task.FromResult<INetworkPort>(
            new NetworkPort(isPair ? new VhostUserPairLink(LinkOf(slot), LinkOf(slot + 1)) : LinkOf(slot)));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private VhostUserLink LinkOf(int slot) =>
        new(Addresses.Guest(slot), _sockets[slot], IsServedByGuest, Option(HugePages) == NetworkOption.Yes);

    private static bool IsHostAddress(string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text
        && address.GetAddressBytes() is [10, 77, 0, > 0 and < 255 and not (2 or 3)];

    private string? WhyUnready() =>
        IsServedByGuest ? _sockets.FirstOrDefault(socket => !Directory.Exists(Path.GetDirectoryName(socket))) is { } nowhere
            ? $"{Path.GetDirectoryName(nowhere)}, where {nowhere} has to be made, is no directory" : null
        : _sockets.FirstOrDefault(socket => !File.Exists(socket)) is { } missing
            ? $"no switch serves {missing}: start yours first, or {NetworkName}.{Server.Name}=guest where it connects" : null;

    private string Option(NetworkOption option) => _session.Option(NetworkName, option);
}
