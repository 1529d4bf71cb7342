using VirtualBench.Host;
using VirtualBench.Targets;
using VirtualBench.Targets.Links;

namespace VirtualBench.Networks;

/// <summary><c>host</c>: the host's own network namespace, and its loopback: no network of its own for the guest.</summary>
internal sealed class HostNetwork : INetwork
{
    private const string Loopback = "127.0.0.1";

    public string Name => "host";

    public LinkKinds Offers => LinkKinds.Host;

    public IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string> { ["link"] = "loopback" };

    public HostSide? HostSide { get; } = new(Loopback, null);

    public Task<Availability> FindAsync(CancellationToken cancellation) => Task.FromResult(
        new Availability(true, HostKernel.Version()));

    public Task OpenAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task<INetworkPort> PlugAsync(
        LinkKinds kind, int slot, string label, string scratchDirectory, CancellationToken cancellation) =>
        Task.FromResult<INetworkPort>(new NetworkPort(new HostLink(new GuestAddress(Loopback, 8, "00:00:00:00:00:00", 65536))));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
