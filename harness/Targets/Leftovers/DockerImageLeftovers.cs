using Docker.DotNet.Models;
using VirtualBench.Targets.Containers;

namespace VirtualBench.Targets.Leftovers;

/// <summary>Images that carry our label, in the user's daemon.</summary>
public sealed class DockerImageLeftovers : ILeftovers
{
    public async Task<IReadOnlyList<Leftover>> FindAsync(LeftoverScope scope, CancellationToken cancellation)
    {
        if (await UserDaemon.ConnectAsync(cancellation).ConfigureAwait(false) is not { } daemon)
        {
            return [];
        }

        using var client = daemon.Client;
        var images = await client.Images.ListImagesAsync(
            new ImagesListParameters { Filters = UserDaemon.Labelled }, cancellation).ConfigureAwait(false);
        return
        [
            .. images
                .Where(image => scope.Covers(UserDaemon.OwnerOf(image.Labels)))
                .Select(image => new Leftover(
                    "image", image.RepoTags?.FirstOrDefault() ?? image.ID,
                    $"{UserDaemon.OwnerOf(image.Labels)}, {image.Size >> 10} KiB", _ => RemoveAsync(image.ID))),
        ];
    }

    private static async Task RemoveAsync(string id)
    {
        if (await UserDaemon.ConnectAsync(CancellationToken.None).ConfigureAwait(false) is { } daemon)
        {
            using var client = daemon.Client;
            await DockerImages.RemoveAsync(client, id).ConfigureAwait(false);
        }
    }
}
