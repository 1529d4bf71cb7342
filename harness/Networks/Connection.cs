using VirtualBench.Guests;
using VirtualBench.Plan;
using VirtualBench.Targets;
using VirtualBench.Targets.Links;

namespace VirtualBench.Networks;

/// <summary>What a trial has of a network: a link for its guest, and a server at the other end. Disposing it takes both away.</summary>
internal sealed class Connection : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _parts = new();

    private Connection(GuestLink link) => Link = link;

    /// <summary>For <see cref="Launch.Link"/>.</summary>
    public GuestLink Link { get; }

    /// <summary>The guest program's argument that names the server, where there is one.</summary>
    public IReadOnlyList<string> Arguments { get; private set; } = [];

    /// <summary>What has become of the network since, one line; null: nothing has.</summary>
    public string? Fault => _parts.OfType<INetworkPort>().Select(port => port.Fault).FirstOrDefault(fault => fault is not null);

    /// <summary>Plugs the guest in and starts what it talks to.</summary>
    /// <param name="launch">The guest's launch.</param>
    /// <param name="server">The guest program for the host itself, which serves there.</param>
    /// <param name="peerCpus">The host's processors that the server may run on; empty: any.</param>
    /// <exception cref="TargetException">Something of it could not be had; nothing is left.</exception>
    public static async Task<Connection> MakeAsync(
        INetwork network, ITarget target, Launch launch, PeerPlace place, GuestProgram server, IReadOnlyList<int> peerCpus,
        CancellationToken cancellation)
    {
        var kind = Enum.GetValues<LinkKinds>().FirstOrDefault(k => k != LinkKinds.None && (k & network.Offers & target.Links) != 0);
        var port = await network.PlugAsync(kind, 0, launch.Label, launch.ScratchDirectory, cancellation).ConfigureAwait(false);
        var made = new Connection(port.Link);
        made._parts.Push(port);
        try
        {
            if (kind == LinkKinds.VhostUserPair)
            {
                return made; // it talks to itself
            }

            var address = place == PeerPlace.Host
                ? await made.ServeOnHostAsync(network, launch, server, peerCpus, cancellation).ConfigureAwait(false)
                : await made.ServeInGuestAsync(network, kind, target, launch, peerCpus, cancellation).ConfigureAwait(false);
            made.Arguments = [FormattableString.Invariant($"--peer={address}:{PeerServer.Port}")];
            return made;
        }
        catch
        {
            await made.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<string> ServeOnHostAsync(
        INetwork network, Launch launch, GuestProgram server, IReadOnlyList<int> cpus, CancellationToken cancellation)
    {
        var side = network.HostSide ?? throw new TargetException($"{network.Name} has no host's end: --peer guest");
        _parts.Push(await PeerServer.StartOnHostAsync(server, side, launch.Label, cpus, cancellation).ConfigureAwait(false));
        return side.Host;
    }

    private async Task<string> ServeInGuestAsync(
        INetwork network, LinkKinds kind, ITarget target, Launch launch, IReadOnlyList<int> cpus, CancellationToken cancellation)
    {
        var scratch = Directory.CreateDirectory(Path.Combine(launch.ScratchDirectory, "peer")).FullName;
        var port = await network.PlugAsync(kind, 1, launch.Label, scratch, cancellation).ConfigureAwait(false);
        _parts.Push(port);
        _parts.Push(await PeerServer.StartInGuestAsync(target, launch, port.Link, cpus, scratch, cancellation).ConfigureAwait(false));
        return port.Link.Address.Host;
    }
}
