using System.Globalization;
using System.Text.Json;
using VirtualBench.Guests;
using VirtualBench.Guests.Containers;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// podman's command on a store of the run's own, in the run's scratch directory: images, containers, locks. It works without systemd and
/// without a journal. Each command runs in a mount namespace of its own, which the container that it starts inherits: its mounts go with
/// it.
/// </summary>
internal sealed class PodmanStore(TargetSession session)
{
    private const string Program = "podman";

    // The second copies an image for each container, where the host cannot lay one file system over another.
    private static readonly string[] Drivers = ["overlay", "vfs"];

    private readonly Dictionary<string, string> _images = []; // by the program's SHA-256
    private string? _directory;
    private string _driver = Drivers[0];

    private string Directory => _directory ??= session.NewScratchDirectory(Program);

    private string StoreLabel => session.Label(Program);

    private string StorageConfiguration => Path.Combine(Directory, "storage.conf");

    /// <summary>Loads an image that holds the program and nothing else, once.</summary>
    /// <returns>Its name.</returns>
    /// <exception cref="TargetException">podman did not take it.</exception>
    public async Task<string> LoadAsync(GuestProgram program, CancellationToken cancellation)
    {
        if (_images.TryGetValue(program.Sha256, out var known))
        {
            return known;
        }

        var image = $"virtualbench/vbprobe-{program.Implementation}:{program.Sha256[..12]}";
        var archive = Path.Combine(Directory, "image.tar");
        using (var file = File.Create(archive))
        {
            OciImage.Write(file, new OciImageContent(program.Architecture, program.Path, image, new Dictionary<string, string>()));
        }

        string? refusal = null;
        foreach (var driver in _images.Count == 0 ? Drivers : [_driver])
        {
            _driver = driver;
            Configure(StorageConfiguration, Storage());
            var outcome = await ExecuteAsync(["load", "--quiet", "--input", archive], cancellation).ConfigureAwait(false);
            if (outcome.End.Status == 0)
            {
                File.Delete(archive);
                return _images[program.Sha256] = image;
            }

            refusal ??= outcome.ErrorText;
        }

        throw new TargetException($"podman did not take the image: {refusal ?? "it gave no reason"}; try podman info");
    }

    /// <summary>The command that runs a container of an image, whose output is the container's own.</summary>
    /// <param name="runtime">Name or path of the runtime; null: podman's choice.</param>
    public ProcessLaunch Run(Launch launch, string image, string? runtime)
    {
        // conmon, which stays with the container, gets what its configuration says and nothing else: so there is one for each launch.
        var configuration = Path.Combine(launch.ScratchDirectory, "containers.conf");
        Configure(configuration, Containers(launch.Label));
        var resources = launch.Resources;
        var memory = resources.MemoryBytes.ToString(CultureInfo.InvariantCulture) + "b";
        return Command(launch.Label, configuration,
        [
            .. runtime is null ? Array.Empty<string>() : ["--runtime", EnclosedEngine.Find(runtime)],
            // No name: of a container that was killed, with all that would have removed it, the store keeps the record.
            "run", "--rm", "--label", OciImage.Label + "=1", "--label", $"{DockerContainer.OwnerLabel}={launch.Label}",
            "--pull", "never", "--network", Network(launch.Link), "--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges",
            "--http-proxy=false", "--env", $"{InstanceProcesses.Variable}={launch.Label}",
            "--cgroup-parent", $"{ControlGroups.Parent}/{launch.Label}", "--memory", memory,
            // The same: no swap, which would turn an exhausted limit into a slow guest.
            "--memory-swap", memory,
            .. resources.HostCpus.Count == 0 ? Array.Empty<string>() : ["--cpuset-cpus", string.Join(',', resources.HostCpus)],
            .. ProcessorQuota.Of(resources) is not { } quota ? Array.Empty<string>()
                : ["--cpus", quota.ToString(CultureInfo.InvariantCulture)],
            .. ResourceLimits.Options(File.ReadLines("/proc/self/limits")),
            image, .. launch.Arguments,
        ]);
    }

    private static string Network(GuestLink? link) =>
        link is HostLink ? "host" : link?.Namespace is { } place ? "ns:" + place.Path : "none";

    private async Task<ProcessOutcome> ExecuteAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var configuration = Path.Combine(Directory, "containers.conf");
        Configure(configuration, Containers(StoreLabel));
        var command = Command(StoreLabel, configuration, arguments);
        var outcome = await GuestProcess.RunAsync(command, new TextConsole(), cancellation).ConfigureAwait(false);
        EnclosedEngine.ThrowIfNotExecuted(command, outcome);
        return outcome;
    }

    private ProcessLaunch Command(string label, string configuration, IReadOnlyList<string> arguments) => new(
        EnclosedEngine.Enclosure(session),
        [
            "--mounts-only", .. EnclosureOptions.OneControlGroupVersion(),
            // Whatever its configuration says, it keeps a list of layers below /var/lib, and runtimes their state below /run.
            .. EnclosureOptions.Emptied(session.ScratchDirectory, "/run", "/var/lib"), "--",
            EnclosedEngine.Find(Program), .. arguments,
        ],
        [
            $"{InstanceProcesses.Variable}={label}", "PATH=" + ProgramPath.SearchPath, "HOME=" + Directory,
            "CONTAINERS_CONF=" + configuration, "CONTAINERS_STORAGE_CONF=" + StorageConfiguration,
        ],
        [], label);

    // Its own log drivers copy the output through a file or a socket; with this one the container writes into our pipe.
    private string Containers(string label) => $"""
        [containers]
        log_driver = "passthrough"
        [engine]
        cgroup_manager = "cgroupfs"
        events_logger = "none"
        lock_type = "file"
        conmon_env_vars = [{Quote("PATH=" + ProgramPath.SearchPath)}, {Quote($"{InstanceProcesses.Variable}={label}")}]
        static_dir = {Quote(InStore("root/libpod"))}
        volume_path = {Quote(InStore("root/volumes"))}
        tmp_dir = {Quote(InStore("tmp"))}
        image_copy_tmp_dir = {Quote(InStore("tmp"))}
        [network]
        network_config_dir = {Quote(InStore("net"))}

        """;

    private string Storage() => $"""
        [storage]
        driver = {Quote(_driver)}
        graphroot = {Quote(InStore("root"))}
        runroot = {Quote(InStore("run"))}

        """;

    /// <summary>A directory of the store, which podman does not always make itself, nor share between drivers.</summary>
    private string InStore(string name) => System.IO.Directory.CreateDirectory(Path.Combine(Directory, _driver, name)).FullName;

    /// <summary>A string in TOML is one in JSON.</summary>
    private static string Quote(string text) => JsonSerializer.Serialize(text);

    private static void Configure(string path, string text) => File.WriteAllText(path, text);
}
