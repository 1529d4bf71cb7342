using VirtualBench.Targets;
using VirtualBench.Targets.Links;

namespace VirtualBench.Networks;

/// <summary><c>vhost</c>: the bridge of <c>bridge</c>, with taps whose packets the host's kernel moves (vhost-net), and not QEMU.</summary>
internal sealed class VhostNetwork : INetwork
{
    private const string Device = "/dev/vhost-net";
    private GuestBridge? _bridge;

    public string Name => "vhost";

    public LinkKinds Offers => LinkKinds.VhostNet;

    public IReadOnlyDictionary<string, string> Settings => GuestBridge.Settings;

    public HostSide? HostSide => _bridge?.HostSide;

    public Task<Availability> FindAsync(CancellationToken cancellation) => File.Exists(Device) ? GuestBridge.FindAsync()
        : Task.FromResult(new Availability(false, null, $"{Device} is not there", "sudo modprobe vhost_net"));

    public async Task OpenAsync(CancellationToken cancellation) =>
        _bridge = await GuestBridge.MakeAsync(cancellation).ConfigureAwait(false);

    public Task<INetworkPort> PlugAsync(
        LinkKinds kind, int slot, string label, string scratchDirectory, CancellationToken cancellation) =>
        (_bridge ?? throw new InvalidOperationException("OpenAsync comes first.")).PlugTapAsync(slot, vhost: true, cancellation);

    public ValueTask DisposeAsync()
    {
        _bridge?.Dispose();
        _bridge = null;
        return ValueTask.CompletedTask;
    }
}
