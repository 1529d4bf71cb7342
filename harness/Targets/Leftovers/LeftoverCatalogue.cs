namespace VirtualBench.Targets.Leftovers;

/// <summary>Every kind of leftover, in the order in which they have to go: what uses something before what it uses.</summary>
public static class LeftoverCatalogue
{
    public static IReadOnlyList<ILeftovers> All { get; } =
    [
        new DescribedEngineLeftovers(),
        new DockerContainerLeftovers(),
        new DockerImageLeftovers(),
        new RuntimeStateLeftovers(),
        new ProcessLeftovers(),
        new ControlGroupLeftovers(),
        new NetworkLeftovers(),
        new HostSettingLeftovers(),
        new MountLeftovers(),
        new ScratchLeftovers(),
    ];

    /// <summary>What there is now.</summary>
    public static async Task<IReadOnlyList<Leftover>> FindAsync(LeftoverScope scope, CancellationToken cancellation)
    {
        List<Leftover> found = [];
        foreach (var kind in All)
        {
            found.AddRange(await kind.FindAsync(scope, cancellation).ConfigureAwait(false));
        }

        return found;
    }
}
