using VirtualBench.Host;
using VirtualBench.Targets;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;

namespace VirtualBench.Networks;

/// <summary>
/// A Linux bridge in a network namespace of ours, and what is plugged into it. The host's firewall does not see it: rules, and the settings
/// that hand bridged frames to them, belong to a namespace.
/// </summary>
internal sealed class GuestBridge : IDisposable
{
    private const string Name = "br0";

    // Where the host filters bridged frames (Docker loads that module), each is offered to rules even where there are none, which costs
    // time. The setting is the namespace's own.
    private static readonly string[] Filters =
    [
        "/proc/sys/net/bridge/bridge-nf-call-arptables", "/proc/sys/net/bridge/bridge-nf-call-ip6tables",
        "/proc/sys/net/bridge/bridge-nf-call-iptables",
    ];

    private readonly LinkCommands _links;

    private GuestBridge(LinkCommands links) => _links = links;

    /// <summary>Settings that figures depend on.</summary>
    public static IReadOnlyDictionary<string, string> Settings { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["mtu"] = FormattableString.Invariant($"{Addresses.Mtu}"),
        ["offloads"] = "as the kernel sets them",
    };

    public HostSide HostSide => new(Addresses.Host, _links.Namespace);

    public static Task<Availability> FindAsync() => Task.FromResult(LinkCommands.WhyNot() ?? new Availability(true, HostKernel.Version()));

    public static async Task<GuestBridge> MakeAsync(CancellationToken cancellation)
    {
        var bridge = new GuestBridge(await LinkCommands.NewNamespaceAsync(cancellation).ConfigureAwait(false));
        try
        {
            await bridge._links.RunAsync(
                $"link add {Name} mtu {Addresses.Mtu} type bridge stp_state 0 forward_delay 0 mcast_snooping 0", cancellation)
                .ConfigureAwait(false);
            await bridge._links.Namespace.RunAsync(() =>
            {
                foreach (var filter in Filters.Where(File.Exists))
                {
                    File.WriteAllText(filter, "0");
                }

                return 0;
            }).ConfigureAwait(false);
            await bridge._links.RunAsync($"address add {Addresses.Host}/{Addresses.PrefixLength} dev {Name}", cancellation)
                .ConfigureAwait(false);
            await bridge._links.RunAsync($"link set {Name} up", cancellation).ConfigureAwait(false);
            return bridge;
        }
        catch
        {
            bridge.Dispose();
            throw;
        }
    }

    /// <summary>A namespace, by a pair of virtual Ethernet links.</summary>
    public Task<INetworkPort> PlugNamespaceAsync(int slot, CancellationToken cancellation)
    {
        var (address, guest) = (Addresses.Guest(slot), NetworkNamespace.Create());
        return PlugAsync(
            slot, new NamespaceLink(address, guest), guest, name => _links.PlugNamespaceAsync(name, guest, address, cancellation),
            cancellation);
    }

    /// <summary>A virtual machine, by a tap.</summary>
    /// <param name="vhost">See <see cref="TapLink"/>.</param>
    public Task<INetworkPort> PlugTapAsync(int slot, bool vhost, CancellationToken cancellation) => PlugAsync(
        slot, new TapLink(Addresses.Guest(slot), NameOf(slot), _links.Namespace, vhost), null,
        name => _links.RunAsync($"tuntap add dev {name} mode tap vnet_hdr", cancellation), cancellation);

    public void Dispose() => _links.Namespace.Dispose();

    private static string NameOf(int slot) => FormattableString.Invariant($"guest{slot}");

    private async Task<INetworkPort> PlugAsync(
        int slot, GuestLink link, NetworkNamespace? guest, Func<string, Task> makeAsync, CancellationToken cancellation)
    {
        var name = NameOf(slot);
        var port = new NetworkPort(link, async () =>
        {
            // Taken away here, not by the namespace's end: the kernel deletes one in its own time, and the next has the same name.
            await _links.RemoveAsync(name).ConfigureAwait(false);
            guest?.Dispose();
        });
        try
        {
            await makeAsync(name).ConfigureAwait(false);
            await _links.RunAsync($"link set {name} mtu {link.Address.Mtu} master {Name} up", cancellation).ConfigureAwait(false);
            return port;
        }
        catch
        {
            await port.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
