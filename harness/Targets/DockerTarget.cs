using Docker.DotNet;
using Docker.DotNet.Models;
using VirtualBench.Guests;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.Links;

namespace VirtualBench.Targets;

/// <summary>
/// <c>docker</c> and <c>docker:RUNTIME</c>: a container of an image that holds nothing but the guest program. The output stream is attached
/// before the container starts, so that no byte is missed and no log driver stands between.
/// </summary>
public sealed class DockerTarget(TargetName name, TargetSession session) : ITarget
{
    private readonly Dictionary<string, string> _images = []; // by the program's SHA-256
    private DockerDaemon? _daemon;

    public TargetName Name => name;

    public Acceleration Acceleration => name.IsForeign ? Acceleration.Emulation : Acceleration.None;

    public Isolation Isolation { get; } = new(
        Isolation.Namespaces | IsolationLayers.Cgroup | IsolationLayers.Seccomp,
        "no capabilities" + (name.Variant is null ? "" : "; whatever the runtime adds")
            + (name.IsForeign ? "; user-mode emulation by qemu-aarch64" : ""));

    public LinkKinds Links => LinkKinds.Host | LinkKinds.Namespace;

    public DiskKinds Disks => DiskKinds.Directory | DiskKinds.Overlay | DiskKinds.Volume;

    public string DiskPath(GuestDisk disk) => disk is OverlayDisk ? "/" : GuestDisk.MountPoint;

    public async Task<Availability> FindAsync(CancellationToken cancellation) =>
        WhyForeign() ?? await session.Docker.FindAsync(cancellation).ConfigureAwait(false);

    public Task<Availability> TryAsync(CancellationToken cancellation) => Trial.RunAsync(this, session, FindEngineAsync, cancellation);

    public async Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        _daemon ??= await session.Docker.GetAsync(cancellation).ConfigureAwait(false);
        foreach (var program in programs.Where(program => !_images.ContainsKey(program.Sha256)))
        {
            _images[program.Sha256] = await DockerImages.LoadAsync(_daemon.Client, session, name, program, cancellation)
                .ConfigureAwait(false);
        }
    }

    public async Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        if (_daemon is null || !_images.TryGetValue(launch.Program.Sha256, out var image))
        {
            throw new InvalidOperationException("PrepareAsync comes first.");
        }

        var containers = _daemon.Client.Containers;
        DockerNetworkHolder? holder = null;
        try
        {
            if (launch.Link is NamespaceLink link)
            {
                holder = await DockerNetworkHolder.StartAsync(containers, name, launch, link, image, cancellation).ConfigureAwait(false);
            }

            var created = await containers.CreateContainerAsync(DockerContainer.Describe(name, launch, image, holder), cancellation)
                .ConfigureAwait(false);
            console.Phase("accepted");
            using var attached = await containers.AttachContainerAsync(
                created.ID,
                new ContainerAttachParameters { Stream = true, Stdout = true, Stderr = true },
                cancellation).ConfigureAwait(false);
            var output = new DockerOutput(attached, console);
            var reading = output.ReadAsync(cancellation);
            try
            {
                await containers.StartContainerAsync(created.ID, new ContainerStartParameters(), cancellation).ConfigureAwait(false);
            }
            catch (DockerApiException refused)
            {
                return new InstanceEnd(null, "the runtime refused: " + DockerErrors.MessageOf(refused));
            }

            output.Phase("started");
            await reading.ConfigureAwait(false);
            return await DockerContainer.EndOfAsync(containers, created.ID, launch.Resources, output.ErrorText, cancellation)
                .ConfigureAwait(false);
        }
        catch (DockerApiException refused)
        {
            throw DockerErrors.Explain(name, refused);
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new TargetException($"{name}: the connection to the Docker daemon broke: {lost.Message}", lost);
        }
        finally
        {
            // By name: a request that was cancelled half way may have made the container without telling its number.
            await DockerContainer.RemoveAsync(containers, launch.Label).ConfigureAwait(false);
            if (holder is not null)
            {
                await holder.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
        {
            foreach (var image in _images.Values)
            {
                await DockerImages.RemoveAsync(_daemon.Client, image).ConfigureAwait(false);
            }
        }

        _images.Clear();
    }

    private async Task<Availability> FindEngineAsync(CancellationToken cancellation)
    {
        if (WhyForeign() is { } refusal)
        {
            return refusal;
        }

        _daemon ??= await session.Docker.GetAsync(cancellation).ConfigureAwait(false);
        var version = await _daemon.Client.System.GetVersionAsync(cancellation).ConfigureAwait(false);
        var information = await _daemon.Client.System.GetSystemInfoAsync(cancellation).ConfigureAwait(false);
        var runtime = name.Variant ?? information.DefaultRuntime;
        var text = $"Docker {version.Version} ({runtime})";
        if (!information.Runtimes.ContainsKey(runtime))
        {
            return new Availability(
                false, text, $"the daemon knows no runtime '{runtime}', but {string.Join(", ", information.Runtimes.Keys)}",
                RuntimeRemedy(runtime));
        }

        return new Availability(true, text, _daemon.Private ? "by a private daemon, for no other answers" : null);
    }

    private Availability? WhyForeign() => name.IsForeign && EmulatorRegistration.WhyNot(name.Architecture) is { } reason
        ? new Availability(false, null, reason, EmulatorRegistration.Remedy)
        : null;

    private string RuntimeRemedy(string runtime) => _daemon is { Private: true }
        ? $"apt-get install {runtime}"
        : $"add \"runtimes\": {{\"{runtime}\": {{\"path\": \"/usr/bin/{runtime}\"}}}} to /etc/docker/daemon.json and restart Docker";
}
