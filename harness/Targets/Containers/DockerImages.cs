using Docker.DotNet;
using Docker.DotNet.Models;
using VirtualBench.Guests;
using VirtualBench.Guests.Containers;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>Our images in a daemon: one for each guest program of each run.</summary>
internal static class DockerImages
{
    /// <summary>Loads an image that holds the program and nothing else.</summary>
    /// <returns>Its name.</returns>
    public static async Task<string> LoadAsync(
        DockerClient client, TargetSession session, TargetName target, GuestProgram program, CancellationToken cancellation)
    {
        var engine = target.Variant is null ? target.Engine : $"{target.Engine}-{target.Variant}";
        var architecture = TargetName.ArchitectureName(target.Architecture);
        var label = session.Label($"{engine}-{program.Implementation}-{architecture}");
#pragma warning disable CA1308 // Docker's reference format allows lower case only.
        var name = label.ToLowerInvariant() + ":" + program.Sha256[..12];
#pragma warning restore CA1308
        using var archive = new MemoryStream();
        OciImage.Write(
            archive,
            new OciImageContent(
                program.Architecture, program.Path, name, new Dictionary<string, string> { [DockerContainer.OwnerLabel] = label }));
        archive.Position = 0;
        string? refusal = null;
        await client.Images.LoadImageAsync(
            new ImageLoadParameters { Quiet = true },
            archive,
            new Progress(message => refusal ??= message.Error?.Message),
            cancellation).ConfigureAwait(false);
        return refusal is null
            ? name
            : throw new TargetException($"{target}: the Docker daemon did not take the image: {ErrorTail.Clean(refusal)}");
    }

    public static async Task RemoveAsync(DockerClient client, string name)
    {
        try
        {
            await client.Images.DeleteImageAsync(name, new ImageDeleteParameters { Force = true }).ConfigureAwait(false);
        }
        catch (DockerImageNotFoundException)
        {
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException)
        {
            throw new TargetException($"cannot remove the image {name}: {ErrorTail.Clean(e.Message)}; docker rmi {name}", e);
        }
    }

    /// <summary>Unlike <see cref="Progress{T}"/>, calls at once and on the same thread.</summary>
    private sealed class Progress(Action<JSONMessage> report) : IProgress<JSONMessage>
    {
        public void Report(JSONMessage value) => report(value);
    }
}
