using System.Diagnostics;
using System.Text.Json;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// A dockerd of the run's own: socket, images and state in the run's scratch directory, no network, no firewall rule. It runs enclosed (see
/// vbenclose.c) with a pipe of ours as lifeline, so that daemon, containerd, shims, containers and mounts end when we do, however we end.
/// </summary>
internal sealed class PrivateDockerDaemon : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    // Runtimes that `docker:NAME` can name without the user configuring a daemon. runc is built in.
    private static readonly string[] KnownRuntimes = ["crun", "youki", "runsc"];

    // Those whose program has another name than the one that they are known by.
    private static readonly Dictionary<string, string> RuntimePrograms = new() { ["kata"] = "kata-runtime" };
    // Not systemd's driver: units of systemd would outlive us, and its parent group would have to be a slice.
    private static readonly string[] ControlGroupDriver = ["native.cgroupdriver=cgroupfs"];
    private readonly ChildProcess _enclosure;
    private readonly UnixPipe _lifeline;
    private readonly string _directory;
    private readonly string _controlGroup;

    private PrivateDockerDaemon(ChildProcess enclosure, UnixPipe lifeline, string directory, string controlGroup)
    {
        _enclosure = enclosure;
        _lifeline = lifeline;
        _directory = directory;
        _controlGroup = controlGroup;
    }

    private string Endpoint => "unix://" + SocketPath(_directory);

    private string Log => Path.Combine(_directory, "log");

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
        var lifeline = new UnixPipe();
        using var log = File.OpenHandle(Path.Combine(directory, "log"), FileMode.Create, FileAccess.Write, FileShare.Read);
        var logDescriptor = (int)log.DangerousGetHandle();
        var child = ChildProcess.Start(
            enclose,
            [.. Enclosure(directory), "--", "dockerd", "--config-file", configuration],
            [$"{InstanceProcesses.Variable}={controlGroup}", "PATH=" + ProgramPath.SearchPath, "HOME=" + directory],
            lifeline.Reader,
            logDescriptor,
            logDescriptor,
            out var error);
        lifeline.CloseReader();
        if (child is null)
        {
            lifeline.Dispose();
            throw new TargetException($"cannot execute {enclose}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}");
        }

        return new PrivateDockerDaemon(child, lifeline, directory, controlGroup);
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

            if (_enclosure.HasEnded())
            {
                throw new TargetException("the private Docker daemon gave up: " + LastWords());
            }

            await Task.Delay(10, cancellation).ConfigureAwait(false);
        }

        throw new TargetException($"the private Docker daemon did not answer within {StartLimit.TotalSeconds} s: {LastWords()}");
    }

    public async ValueTask DisposeAsync()
    {
        _ = Libc.Kill(_enclosure.Id, Libc.Sigterm);
        for (var watch = Stopwatch.StartNew(); !_enclosure.HasEnded() && watch.Elapsed < StopLimit;)
        {
            await Task.Delay(5).ConfigureAwait(false);
        }

        // Whatever did not end in time is killed by the closing of the lifeline.
        _lifeline.Dispose();
        _enclosure.Reap();
        ControlGroups.Remove(_controlGroup);
        Directory.Delete(_directory, recursive: true);
    }

    private static string SocketPath(string directory) => Path.Combine(directory, "docker.sock");

    private static IEnumerable<string> Enclosure(string directory)
    {
        yield return "--lifeline";
        foreach (var hierarchy in ControlGroups.HybridMounts())
        {
            // crun refuses a host that has both versions; runc does not mind.
            yield return "--unmount";
            yield return hierarchy;
        }

        // Docker, containerd and runc keep sockets and state at fixed paths below /run; in a file system of their own they end with it.
        if (!directory.StartsWith("/run/", StringComparison.Ordinal) && !ProgramPath.SearchPath.Contains("/run/", StringComparison.Ordinal))
        {
            yield return "--tmpfs";
            yield return "/run";
        }
    }

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

    private string LastWords() => ErrorTail.Clean(File.ReadAllText(Log)) ?? "it left no message";
}
