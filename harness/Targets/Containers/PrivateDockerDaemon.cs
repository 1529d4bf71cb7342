using System.Diagnostics;
using System.Text.Json;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// A dockerd of the run's own: socket, images and state in the run's scratch directory, no network, no firewall rule. With the enclosure
/// that it runs in, containerd, shims, containers and mounts end.
/// </summary>
internal sealed class PrivateDockerDaemon : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);

    // Runtimes that `docker:NAME` can name without the user configuring a daemon. runc is built in.
    private static readonly string[] KnownRuntimes = ["crun", "youki", "runsc"];

    // Those whose program has another name than the one that they are known by.
    private static readonly Dictionary<string, string> RuntimePrograms = new() { ["kata"] = "kata-runtime" };
    // Not systemd's driver: units of systemd would outlive us, and its parent group would have to be a slice.
    private static readonly string[] ControlGroupDriver = ["native.cgroupdriver=cgroupfs"];
    private readonly EnclosedDaemon _daemon;
    private readonly string _directory;
    private readonly string _controlGroup;

    private PrivateDockerDaemon(EnclosedDaemon daemon, string directory, string controlGroup)
    {
        _daemon = daemon;
        _directory = directory;
        _controlGroup = controlGroup;
    }

    private string Endpoint => "unix://" + SocketPath(_directory);

    /// <summary>Why none can be started here; null when one can.</summary>
    public static Availability? WhyNot(TargetSession session) =>
        ProgramPath.Find("dockerd") is null
            ? new Availability(false, null, "no Docker daemon answers and none is installed", "./build.sh setup")
        : !Environment.IsPrivilegedProcess
            ? new Availability(
                false, null, "no Docker daemon answers, and starting a private one needs root", "sudo service docker start")
        : session.Enclosure is null
            ? new Availability(false, null, "a private Docker daemon needs artifacts/host/vbenclose", "./build.sh build")
        : null;

    /// <exception cref="TargetException">Not installed, not root, or not built.</exception>
    public static PrivateDockerDaemon Start(TargetSession session)
    {
        if (WhyNot(session) is { } missing)
        {
            throw new TargetException($"{missing.Reason}: {missing.Remedy}");
        }

        var enclose = session.Enclosure!;
        var directory = session.NewScratchDirectory("docker");
        var controlGroup = session.Label("docker");
        var configuration = Path.Combine(directory, "daemon.json");
        File.WriteAllText(configuration, Configuration(directory, controlGroup, session.ContainerRuntimes));
        // Docker, containerd and runc keep sockets and state at fixed paths below /run.
        var daemon = EnclosedDaemon.Start(
            enclose, [.. EnclosureOptions.OneControlGroupVersion(), .. EnclosureOptions.Emptied(directory, "/run")],
            ["dockerd", "--config-file", configuration], [], controlGroup, directory);
        return new PrivateDockerDaemon(daemon, directory, controlGroup);
    }

    /// <summary>Waits until it answers.</summary>
    public async Task<DockerDaemon> ConnectAsync(CancellationToken cancellation)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < StartLimit;)
        {
            if (File.Exists(SocketPath(_directory))
                && await DockerDaemons.ConnectAsync(Endpoint, isPrivate: true, cancellation).ConfigureAwait(false) is { } daemon)
            {
                return daemon;
            }

            if (_daemon.HasEnded)
            {
                throw new TargetException("the private Docker daemon gave up: " + _daemon.LastWords());
            }

            await Task.Delay(10, cancellation).ConfigureAwait(false);
        }

        throw new TargetException($"the private Docker daemon did not answer within {StartLimit.TotalSeconds} s: {_daemon.LastWords()}");
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync().ConfigureAwait(false);
        ControlGroups.Remove(_controlGroup);
        Directory.Delete(_directory, recursive: true);
    }

    private static string SocketPath(string directory) => Path.Combine(directory, "docker.sock");

    private static string Configuration(
        string directory, string controlGroup, IReadOnlyList<string> runtimes) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["hosts"] = new[] { "unix://" + SocketPath(directory) },
        ["data-root"] = Path.Combine(directory, "data"),
        ["exec-root"] = Path.Combine(directory, "exec"),
        ["pidfile"] = Path.Combine(directory, "pid"),
        ["bridge"] = "none",
        ["iptables"] = false,
        ["ip6tables"] = false,
        ["ip-forward"] = false,
        ["ip-masq"] = false,
        ["log-level"] = "warn",
        ["exec-opts"] = ControlGroupDriver,
        ["cgroup-parent"] = $"{ControlGroups.Parent}/{controlGroup}",
        ["runtimes"] = KnownRuntimes.Concat(RuntimePrograms.Keys).Concat(runtimes).Distinct().Where(name => name != "runc")
            .Select(name => (name, path: ProgramPath.Find(RuntimePrograms.GetValueOrDefault(name, name))))
            .Where(runtime => runtime.path is not null)
            .ToDictionary(runtime => runtime.name, runtime => new Dictionary<string, string> { ["path"] = runtime.path! }),
    });
}
