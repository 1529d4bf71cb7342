using Docker.DotNet.Models;
using VirtualBench.Guests.Containers;
using VirtualBench.Targets.Containers;

namespace VirtualBench.Targets.Leftovers;

/// <summary>Containers that carry our label, in the user's daemon. (A daemon of our own does not outlive its run.)</summary>
public sealed class DockerContainerLeftovers : ILeftovers
{
    public async Task<IReadOnlyList<Leftover>> FindAsync(LeftoverScope scope, CancellationToken cancellation)
    {
        if (await UserDaemon.ConnectAsync(cancellation).ConfigureAwait(false) is not { } daemon)
        {
            return [];
        }

        using var client = daemon.Client;
        var containers = await client.Containers.ListContainersAsync(
            new ContainersListParameters { All = true, Filters = UserDaemon.Labelled }, cancellation).ConfigureAwait(false);
        return
        [
            .. containers
                .Where(container => scope.Covers(UserDaemon.OwnerOf(container.Labels)))
                .Select(container => new Leftover(
                    "container", container.ID[..12], $"{UserDaemon.OwnerOf(container.Labels)} ({container.Status})",
                    _ => RemoveAsync(container.ID))),
        ];
    }

    private static async Task RemoveAsync(string id)
    {
        if (await UserDaemon.ConnectAsync(CancellationToken.None).ConfigureAwait(false) is { } daemon)
        {
            using var client = daemon.Client;
            await DockerContainer.RemoveAsync(client.Containers, id).ConfigureAwait(false);
        }
    }
}

/// <summary>The daemon that the user runs, for clean: none is started.</summary>
internal static class UserDaemon
{
    public static IDictionary<string, IDictionary<string, bool>> Labelled { get; } =
        new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [OciImage.Label + "=1"] = true } };

    /// <summary>Null when there is none that we may talk to: then nothing of ours is in it either.</summary>
    public static async Task<DockerDaemon?> ConnectAsync(CancellationToken cancellation)
    {
        try
        {
            return await DockerDaemons.ConnectAsync(DockerDaemons.UserEndpoint, isPrivate: false, cancellation).ConfigureAwait(false);
        }
        catch (TargetException)
        {
            return null;
        }
    }

    /// <summary>The label of what owns it; empty, which no scope covers, when it has none.</summary>
    public static string OwnerOf(IDictionary<string, string>? labels) =>
        labels is not null && labels.TryGetValue(DockerContainer.OwnerLabel, out var owner) ? owner : "";
}
