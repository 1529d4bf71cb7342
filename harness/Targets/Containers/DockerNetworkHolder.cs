using Docker.DotNet;
using Docker.DotNet.Models;
using VirtualBench.Host;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// A container that does nothing but hold a network namespace with a launch's link in it (see network_holder.c), for the container that
/// runs the guest program to share: Docker makes namespaces itself, and cannot be handed one, and its daemon need not see our processes.
/// The holder hands its namespace to us through a socket, whose closing ends it.
/// </summary>
internal sealed class DockerNetworkHolder : IAsyncDisposable
{
    /// <summary>What comes behind a launch's label in that of its holder.</summary>
    public const string LabelSuffix = "-network";

    private const string ProgramInside = "/network-holder", DirectoryInside = "/network", SocketName = "socket";
    private const long MemoryBytes = 16 << 20;
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(20);
    private readonly IContainerOperations _containers;
    private readonly DescriptorSocket _socket;
    private readonly string _label;
    private MovedLink? _moved;

    private DockerNetworkHolder(IContainerOperations containers, DescriptorSocket socket, string label)
    {
        _containers = containers;
        _socket = socket;
        _label = label;
    }

    /// <summary>For <see cref="HostConfig.NetworkMode"/> of the container that shares it.</summary>
    public string Mode => "container:" + _label;

    /// <summary>Starts it and moves the link there.</summary>
    /// <param name="image">Any of the daemon's, for the holder's program comes from outside.</param>
    /// <exception cref="TargetException">It could not be had; nothing is left.</exception>
    public static async Task<DockerNetworkHolder> StartAsync(
        IContainerOperations containers, TargetName target, Launch launch, NamespaceLink link, string image, CancellationToken cancellation)
    {
        var program = BuildOutput.NetworkHolder(TargetName.HostArchitecture);
        if (!File.Exists(program))
        {
            throw new TargetException($"{program} has not been built: ./build.sh build");
        }

        var directory = Directory.CreateDirectory(Path.Combine(launch.ScratchDirectory, "network")).FullName;
        var path = Path.Combine(directory, SocketName);
        var holder = new DockerNetworkHolder(containers, new DescriptorSocket(path), launch.Label + LabelSuffix);
        try
        {
            // Root inside may be another account outside; the scratch directory above keeps everybody else away.
            File.SetUnixFileMode(directory, (UnixFileMode)0b111_001_001);
            File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
            var place = NetworkNamespace.Of(
                await holder.RunAsync(Describe(target, launch, image, program, directory), cancellation).ConfigureAwait(false));
            holder._moved = await MovedLink.MoveAsync(link, place, cancellation).ConfigureAwait(false);
            return holder;
        }
        catch
        {
            await holder.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Closes the socket, as the kernel does when we die; the container ends by itself.</summary>
    public void Abandon() => _socket.Dispose();

    public async ValueTask DisposeAsync()
    {
        if (_moved is not null)
        {
            await _moved.DisposeAsync().ConfigureAwait(false);
        }

        Abandon();
        await DockerContainer.RemoveAsync(_containers, _label).ConfigureAwait(false);
    }

    private static CreateContainerParameters Describe(TargetName target, Launch launch, string image, string program, string directory)
    {
        var parameters = DockerContainer.Describe(
            target,
            launch with
            {
                Label = launch.Label + LabelSuffix, Arguments = [$"{DirectoryInside}/{SocketName}"], Link = null,
                Resources = new Resources(1, MemoryBytes, []),
            },
            image, holder: null);
        parameters.Entrypoint = [ProgramInside];
        // The daemon's own: a runtime that boots a machine has no namespace to share.
        parameters.HostConfig!.Runtime = null;
        parameters.HostConfig.Mounts =
        [
            new Mount { Type = "bind", Source = program, Target = ProgramInside, ReadOnly = true },
            new Mount { Type = "bind", Source = directory, Target = DirectoryInside, ReadOnly = true },
        ];
        return parameters;
    }

    /// <returns>A descriptor of its network namespace.</returns>
    private async Task<int> RunAsync(CreateContainerParameters parameters, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(LongestStart);
        var created = await _containers.CreateContainerAsync(parameters, limit.Token).ConfigureAwait(false);
        using var attached = await _containers.AttachContainerAsync(
            created.ID, new ContainerAttachParameters { Stream = true, Stdout = true, Stderr = true }, limit.Token).ConfigureAwait(false);
        var output = new DockerOutput(attached, new TextConsole());
        var ending = output.ReadAsync(limit.Token);
        var receiving = _socket.ReceiveAsync(limit.Token);
        try
        {
            await _containers.StartContainerAsync(created.ID, new ContainerStartParameters(), limit.Token).ConfigureAwait(false);
            if (await Task.WhenAny(receiving, ending).ConfigureAwait(false) == receiving)
            {
                return await receiving.ConfigureAwait(false);
            }

            await ending.ConfigureAwait(false);
            throw new TargetException($"the container that holds the network ended: {output.ErrorText ?? "it said nothing"}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TargetException(
                $"the container that holds the network did not answer within {LongestStart.TotalSeconds} s: does the Docker daemon see "
                    + parameters.HostConfig!.Mounts![1].Source + "?");
        }
        finally
        {
            await limit.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(receiving, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
