using VirtualBench.Disks;
using VirtualBench.Guests;
using VirtualBench.Networks;
using VirtualBench.Plan;
using VirtualBench.Targets;

namespace VirtualBench.Campaign;

/// <summary>What a trial's guest has besides processor and memory.</summary>
/// <param name="Network">Null: none.</param>
/// <param name="Peer">Where what it talks to runs.</param>
/// <param name="Server">The guest program for the host itself, which serves there.</param>
/// <param name="PeerCpus">The host's processors that what it talks to may run on; empty: any.</param>
/// <param name="SwitchLabel">What the processes of the run's switches carry.</param>
internal sealed record TrialSurroundings(
    INetwork? Network, PeerPlace Peer, GuestProgram? Server, IReadOnlyList<int> PeerCpus, string SwitchLabel)
{
    /// <summary>Nothing.</summary>
    public static TrialSurroundings None { get; } = new(null, PeerPlace.Host, null, [], "");

    /// <summary>Null: none.</summary>
    public IDisk? Disk { get; init; }

    /// <summary>What watches a trial's use of the host; null where the guest has nothing that costs the host more than itself.</summary>
    public UsageRecorder? Watch(string label) =>
        Network is null && Disk is null ? null : new UsageRecorder(() => HostCpu.Read(label, SwitchLabel));

    /// <summary>Makes all of it.</summary>
    /// <exception cref="TargetException">Something could not be had; nothing is left.</exception>
    public async Task<PluggedSurroundings> ConnectAsync(ITarget target, Launch launch, CancellationToken cancellation)
    {
        if (Disk is not null)
        {
            var port = Disk.Plug(launch.Label);
            return new PluggedSurroundings(port: port, diskArgument: "--disk=" + target.DiskPath(port.Disk));
        }

        if (Network is null)
        {
            return new PluggedSurroundings();
        }

        var server = Server
            ?? throw new TargetException("the guest program for this host, which is the peer, has not been built: ./build.sh build");
        return new PluggedSurroundings(
            await Connection.MakeAsync(Network, target, launch, Peer, server, PeerCpus, cancellation).ConfigureAwait(false));
    }
}

/// <summary>A trial's surroundings as they were made. Disposing it takes them away.</summary>
internal sealed class PluggedSurroundings(Connection? connection = null, DiskPort? port = null, string diskArgument = "") : IAsyncDisposable
{
    /// <summary>What has become of it since, one line; null: nothing has.</summary>
    public string? Fault => connection?.Fault;

    /// <summary>The launch with all of it.</summary>
    public Launch Plug(Launch launch) =>
        connection is not null ? launch with { Link = connection.Link, Arguments = [.. connection.Arguments, .. launch.Arguments] }
        : port is not null ? launch with { Disk = port.Disk, Arguments = [diskArgument, .. launch.Arguments] }
        : launch;

    public ValueTask DisposeAsync()
    {
        port?.Dispose();
        return connection?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
