using VirtualBench.Targets;
using VirtualBench.Targets.Links;

namespace VirtualBench.Networks;

/// <summary>
/// <c>bridge</c>: a Linux bridge in a network namespace of ours. Containers are plugged in by virtual Ethernet links, virtual machines by
/// taps; the host's end is the bridge's own address.
/// </summary>
internal sealed class BridgeNetwork : INetwork
{
    private GuestBridge? _bridge;

    public string Name => "bridge";

    public LinkKinds Offers => LinkKinds.Namespace | LinkKinds.Tap;

    public IReadOnlyDictionary<string, string> Settings => GuestBridge.Settings;

    public HostSide? HostSide => _bridge?.HostSide;

    public Task<Availability> FindAsync(CancellationToken cancellation) => GuestBridge.FindAsync();

    public async Task OpenAsync(CancellationToken cancellation) =>
        _bridge = await GuestBridge.MakeAsync(cancellation).ConfigureAwait(false);

    public Task<INetworkPort> PlugAsync(
        LinkKinds kind, int slot, string label, string scratchDirectory, CancellationToken cancellation)
    {
        var bridge = _bridge ?? throw new InvalidOperationException("OpenAsync comes first.");
        return kind == LinkKinds.Namespace ? bridge.PlugNamespaceAsync(slot, cancellation)
            : bridge.PlugTapAsync(slot, vhost: false, cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _bridge?.Dispose();
        _bridge = null;
        return ValueTask.CompletedTask;
    }
}
