using VirtualBench.Networks;
using VirtualBench.Plan;
using VirtualBench.Targets;

namespace VirtualBench.Campaign;

/// <summary>The networks that a run's targets are crossed with, each opened once. Disposing it closes them.</summary>
internal sealed class NetworkRoster : IAsyncDisposable
{
    private readonly Dictionary<string, (INetwork Network, Availability Availability)> _networks = [];

    private NetworkRoster()
    {
    }

    /// <summary>Those that are open.</summary>
    public IReadOnlyDictionary<string, INetwork> Open =>
        _networks.Where(n => n.Value.Availability.Usable).ToDictionary(n => n.Key, n => n.Value.Network);

    public IReadOnlyList<RecordedNetwork> Recorded =>
    [
        .. _networks.Values.Where(n => n.Availability.Usable)
            .Select(n => new RecordedNetwork(n.Network.Name, n.Availability.Version, n.Network.Settings)),
    ];

    /// <summary>Looks for each network that the targets name and opens it. One that cannot be used stays closed, with the reason.</summary>
    public static async Task<NetworkRoster> OpenAsync(
        IReadOnlyList<PlannedTarget> asked, Func<string, INetwork> create, CancellationToken cancellation)
    {
        var roster = new NetworkRoster();
        try
        {
            foreach (var name in asked.Select(t => t.Network).OfType<string>().Distinct())
            {
                var network = create(name);
                roster._networks[name] = (network, new Availability(false, null));
                roster._networks[name] = (network, await OpenAsync(network, cancellation).ConfigureAwait(false));
            }
        }
        catch
        {
            await roster.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return roster;
    }

    /// <summary>Why a target cannot run in a network here; null when it can.</summary>
    public Availability? WhyNot(string network, ITarget target) =>
        NetworkCatalogue.WhyImpossible(network, target.Name, target.Links) is { } reason
            ? new Availability(false, null, reason, Impossible: true)
        : _networks[network].Availability is { Usable: false } closed
            ? closed with { Reason = $"network {network}: {closed.Reason}" }
        : null;

    public async ValueTask DisposeAsync()
    {
        foreach (var (network, _) in _networks.Values)
        {
            await network.DisposeAsync().ConfigureAwait(false);
        }

        _networks.Clear();
    }

    private static async Task<Availability> OpenAsync(INetwork network, CancellationToken cancellation)
    {
        var found = await network.FindAsync(cancellation).ConfigureAwait(false);
        if (!found.Usable)
        {
            return found;
        }

        try
        {
            await network.OpenAsync(cancellation).ConfigureAwait(false);
            return found;
        }
        catch (TargetException e)
        {
            return found with { Usable = false, Reason = e.Message };
        }
    }
}
