using VirtualBench.Host;
using VirtualBench.Targets;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;

namespace VirtualBench.Networks;

/// <summary>
/// <c>macvlan</c>: each guest has a macvlan device on one link of ours, which hands frames to each other (its mode bridge), without a
/// bridge's table of addresses. The host's end is such a device too, for the link below cannot talk to those on it.
/// </summary>
internal sealed class MacvlanNetwork : INetwork
{
    // Of a pair of virtual Ethernet links whose other end nobody listens to: a macvlan needs a link below it that is up.
    private const string Parent = "parent";
    private const string HostDevice = "host";
    private LinkCommands? _links;

    public string Name => "macvlan";

    public LinkKinds Offers => LinkKinds.Namespace;

    public IReadOnlyDictionary<string, string> Settings { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["mode"] = "bridge",
        ["mtu"] = FormattableString.Invariant($"{Addresses.Mtu}"),
        ["parent"] = "veth",
    };

    public HostSide? HostSide => _links is null ? null : new HostSide(Addresses.Host, _links.Namespace);

    /// <summary>Whether the kernel has such devices is only known by asking it for one, in a namespace that goes at once.</summary>
    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (LinkCommands.WhyNot() is { } missing)
        {
            return missing;
        }

        try
        {
            (await MakeAsync(cancellation).ConfigureAwait(false)).Namespace.Dispose();
            return new Availability(true, HostKernel.Version());
        }
        catch (TargetException e)
        {
            return new Availability(false, null, e.Message, "sudo modprobe macvlan");
        }
    }

    public async Task OpenAsync(CancellationToken cancellation) => _links = await MakeAsync(cancellation).ConfigureAwait(false);

    public async Task<INetworkPort> PlugAsync(
        LinkKinds kind, int slot, string label, string scratchDirectory, CancellationToken cancellation)
    {
        var links = _links ?? throw new InvalidOperationException("OpenAsync comes first.");
        var (address, guest) = (Addresses.Guest(slot), NetworkNamespace.Create());
        var port = new NetworkPort(new NamespaceLink(address, guest), async () =>
        {
            // Not left to the namespace's end, which is in the kernel's own time: the next has the same address, and it must be free.
            await new LinkCommands(guest).RemoveAsync("eth0").ConfigureAwait(false);
            guest.Dispose();
        });
        try
        {
            await links.RunAsync(
                $"link add eth0 link {Parent} netns {guest.Path} address {address.Mac} mtu {address.Mtu} type macvlan mode bridge",
                cancellation).ConfigureAwait(false);
            await new LinkCommands(guest).ConfigureGuestAsync(address, cancellation).ConfigureAwait(false);
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
        _links?.Namespace.Dispose();
        _links = null;
        return ValueTask.CompletedTask;
    }

    private static async Task<LinkCommands> MakeAsync(CancellationToken cancellation)
    {
        var links = await LinkCommands.NewNamespaceAsync(cancellation).ConfigureAwait(false);
        try
        {
            foreach (var words in (string[])
            [
                $"link add {Parent} mtu {Addresses.Mtu} type veth peer name nobody mtu {Addresses.Mtu}",
                $"link set {Parent} up",
                "link set nobody up",
                $"link add {HostDevice} link {Parent} mtu {Addresses.Mtu} type macvlan mode bridge",
                $"address add {Addresses.Host}/{Addresses.PrefixLength} dev {HostDevice}",
                $"link set {HostDevice} up",
            ])
            {
                await links.RunAsync(words, cancellation).ConfigureAwait(false);
            }

            return links;
        }
        catch
        {
            links.Namespace.Dispose();
            throw;
        }
    }
}
