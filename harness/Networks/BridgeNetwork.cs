using VirtualBench.Targets;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;

namespace VirtualBench.Networks;

/// <summary>
/// <c>bridge</c>: a Linux bridge in a network namespace of ours. Containers are plugged in by virtual Ethernet links, virtual machines by
/// taps; the host's end is the bridge's own address. The host's firewall does not see it: rules belong to a namespace.
/// </summary>
internal sealed class BridgeNetwork : INetwork
{
    private const string Bridge = "br0";
    private LinkCommands? _switch;

    public string Name => "bridge";

    public LinkKinds Offers => LinkKinds.Namespace | LinkKinds.Tap;

    public IReadOnlyDictionary<string, string> Settings { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["mtu"] = FormattableString.Invariant($"{Addresses.Mtu}"),
        ["offloads"] = "as the kernel sets them",
    };

    public HostSide? HostSide => _switch is null ? null : new HostSide(Addresses.Host, _switch.Namespace);

    public Task<Availability> FindAsync(CancellationToken cancellation) => Task.FromResult(
        LinkCommands.WhyNot() ?? new Availability(true, "Linux " + File.ReadAllText("/proc/sys/kernel/osrelease").Trim()));

    public async Task OpenAsync(CancellationToken cancellation)
    {
        _switch = await LinkCommands.NewNamespaceAsync(cancellation).ConfigureAwait(false);
        await _switch.RunAsync(
            $"link add {Bridge} mtu {Addresses.Mtu} type bridge stp_state 0 forward_delay 0 mcast_snooping 0", cancellation)
            .ConfigureAwait(false);
        await _switch.RunAsync($"address add {Addresses.Host}/{Addresses.PrefixLength} dev {Bridge}", cancellation).ConfigureAwait(false);
        await _switch.RunAsync($"link set {Bridge} up", cancellation).ConfigureAwait(false);
    }

    public async Task<INetworkPort> PlugAsync(
        LinkKinds kind, int slot, string label, string scratchDirectory, CancellationToken cancellation)
    {
        var links = _switch ?? throw new InvalidOperationException("OpenAsync comes first.");
        var address = Addresses.Guest(slot);
        var name = FormattableString.Invariant($"guest{slot}");
        var guest = kind == LinkKinds.Namespace ? NetworkNamespace.Create() : null;
        var port = new NetworkPort(
            guest is null ? new TapLink(address, name, links.Namespace) : new NamespaceLink(address, guest),
            async () =>
            {
                // Taken away here, not by the namespace's end: the kernel deletes one in its own time, and the next has the same name.
                await links.RemoveAsync(name).ConfigureAwait(false);
                guest?.Dispose();
            });
        try
        {
            await (guest is null
                ? links.RunAsync($"tuntap add dev {name} mode tap vnet_hdr", cancellation)
                : links.PlugNamespaceAsync(name, guest, address, cancellation)).ConfigureAwait(false);
            await links.RunAsync($"link set {name} mtu {address.Mtu} master {Bridge} up", cancellation).ConfigureAwait(false);
            return port;
        }
        catch
        {
            await port.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        _switch?.Namespace.Dispose();
        _switch = null;
        return ValueTask.CompletedTask;
    }
}
