using Docker.DotNet;
using Docker.DotNet.Models;
using VirtualBench.Guests.Containers;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>One container of ours: what it is made from, how it ended, how it goes.</summary>
internal static class DockerContainer
{
    /// <summary>
    /// The label whose value names the instance or image; besides it everything of ours carries <see cref="OciImage.Label"/>.
    /// </summary>
    public const string OwnerLabel = "virtualbench.label";

    private const long NanoCpusPerCpu = 1_000_000_000;

    /// <param name="holder">What holds the network namespace that it shares; null where the launch has no link that asks for one.</param>
    public static CreateContainerParameters Describe(TargetName target, Launch launch, string image, DockerNetworkHolder? holder)
    {
        var resources = launch.Resources;
        return new CreateContainerParameters
        {
            Name = launch.Label,
            Image = image,
            Cmd = [.. launch.Arguments],
            Env = [$"{InstanceProcesses.Variable}={launch.Label}"],
            AttachStdout = true,
            AttachStderr = true,
            Platform = target.IsForeign ? "linux/" + TargetName.ArchitectureName(target.Architecture) : null,
            Labels = new Dictionary<string, string> { [OciImage.Label] = "1", [OwnerLabel] = launch.Label },
            HostConfig = new HostConfig
            {
                Runtime = target.Variant,
                NetworkMode = launch.Link is HostLink ? "host" : holder?.Mode ?? "none",
                LogConfig = new LogConfig { Type = "none" },
                ReadonlyRootfs = launch.Disk is not OverlayDisk,
                Mounts = Mounts(launch.Disk),
                CapDrop = ["ALL"],
                SecurityOpt = ["no-new-privileges"],
                CpusetCpus = string.Join(',', resources.HostCpus),
                NanoCPUs = (ProcessorQuota.Of(resources) ?? 0) * NanoCpusPerCpu,
                Memory = resources.MemoryBytes,
                // The same: no swap, which would turn an exhausted limit into a slow guest.
                MemorySwap = resources.MemoryBytes,
            },
        };
    }

    private static List<Mount> Mounts(GuestDisk? disk) => disk switch
    {
        DirectoryDisk directory => [new Mount { Type = "bind", Source = directory.Path, Target = GuestDisk.MountPoint }],
        VolumeDisk => [new Mount { Type = "volume", Target = GuestDisk.MountPoint }], // without a name: it goes with the container
        _ => [],
    };

    /// <summary>How the container ended, whose output has ended.</summary>
    public static async Task<InstanceEnd> EndOfAsync(
        IContainerOperations containers, string id, Resources resources, string? errorText, CancellationToken cancellation)
    {
        var ended = await containers.WaitContainerAsync(id, cancellation).ConfigureAwait(false);
        var status = (int)ended.StatusCode;
        if (status == 0)
        {
            return new InstanceEnd(0, null);
        }

        var state = (await containers.InspectContainerAsync(id, cancellation).ConfigureAwait(false)).State;
        if (state?.OOMKilled == true)
        {
            return OutOfMemory.Fault(resources);
        }

        return RuntimeEnd.Of(status, string.IsNullOrEmpty(state?.Error) ? errorText : ErrorTail.Clean(state.Error));
    }

    /// <summary>Kills and removes it; does nothing when there is none.</summary>
    public static async Task RemoveAsync(IContainerOperations containers, string label)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await containers.RemoveContainerAsync(
                label, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, limit.Token).ConfigureAwait(false);
        }
        catch (DockerContainerNotFoundException)
        {
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or OperationCanceledException)
        {
            throw new TargetException($"cannot remove the container {label}: {ErrorTail.Clean(e.Message)}; docker rm -f {label}", e);
        }
    }
}
