using VirtualBench.Disks;
using VirtualBench.Networks;
using VirtualBench.Plan;
using VirtualBench.Targets;

namespace VirtualBench.Campaign;

/// <summary>The networks and disks of a run. Disposing it closes them.</summary>
internal sealed class Surroundings(BackEndRoster<INetwork> networks, BackEndRoster<IDisk> disks) : IAsyncDisposable
{
    public BackEndRoster<INetwork> Networks => networks;

    public BackEndRoster<IDisk> Disks => disks;

    /// <summary>Opens what the targets name.</summary>
    /// <param name="diskDirectory">Where the user wants disks; null: he does not care.</param>
    public static async Task<Surroundings> OpenAsync(
        IReadOnlyList<PlannedTarget> asked, IReadOnlyList<ProbeSpecification> probes, string? diskDirectory, CampaignHost host,
        CancellationToken cancellation)
    {
        var networks = await BackEndRoster<INetwork>.OpenAsync("network", asked.Select(t => t.Network), host.CreateNetwork, cancellation)
            .ConfigureAwait(false);
        try
        {
            var session = new DiskSession(host.ScratchDirectory, diskDirectory, DiskSession.FileBytesOf(probes));
            var disks = await BackEndRoster<IDisk>.OpenAsync(
                "disk", asked.Select(t => t.Disk), name => host.CreateDisk(name, session), cancellation).ConfigureAwait(false);
            return new Surroundings(networks, disks);
        }
        catch
        {
            await networks.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Why a target cannot have here what it is crossed with; null when it can.</summary>
    public Availability? WhyNot(PlannedTarget planned, ITarget target) =>
        planned.Network is { } network ? networks.WhyNot(network, WhyImpossible(planned, target))
        : planned.Disk is { } disk ? disks.WhyNot(disk, WhyImpossible(planned, target))
        : null;

    /// <summary>Why a target can nowhere have what it is crossed with; null when it can.</summary>
    public static string? WhyImpossible(PlannedTarget planned, ITarget target) =>
        planned.Network is { } network ? NetworkCatalogue.WhyImpossible(network, target.Name, target.Links)
        : planned.Disk is { } disk ? DiskCatalogue.WhyImpossible(disk, target.Name, target.Disks)
        : null;

    public async ValueTask DisposeAsync()
    {
        await networks.DisposeAsync().ConfigureAwait(false);
        await disks.DisposeAsync().ConfigureAwait(false);
    }
}
