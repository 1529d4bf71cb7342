using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Rkt;

/// <summary>
/// The flavor host: systemd-nspawn boots a copy of the host's systemd, which runs the program as a service. Left to itself it registers
/// with the host's systemd-machined, and rkt removes control groups of the host by name; so rkt gets an enclosure with its own processes,
/// mounts, /run and control groups, in which it is alone.
/// </summary>
internal sealed class RktHost : IRktFlavor
{
    private const string Spawner = "systemd-nspawn";

    /// <summary>systemd's exit status for a service whose program could not be executed.</summary>
    private const int NotExecuted = 203;

    // rkt gives the number of a signal like a status. Our guest programs use 0 to 3, and what kills a program by its own fault begins at
    // SIGILL.
    private const int LowestSignal = 4;
    private const int HighestSignal = 64;

    /// <summary>
    /// rkt's own list of what a program may call, of 2017, with another end: what is not on it looks as if the kernel did not have it, for
    /// which programs are prepared. By rkt's default they are killed, as C# guests are (get_mempolicy, clone3).
    /// </summary>
    private const string Filter = "--seccomp=mode=retain,errno=ENOSYS,@rkt/default-whitelist";

    private string? _searchPath;

    public string Name => "host";

    public string Stage1ImageName => "rkt.stage1.host";

    public Isolation Isolation { get; } = new(
        Isolation.Namespaces | IsolationLayers.Seccomp,
        "systemd-nspawn with a systemd in it; rkt's own capabilities and filter of system calls; no memory limit; standard output and "
            + "error are one terminal");

    public TimeSpan? TrialLimit { get; } = TimeSpan.FromSeconds(60);

    public string? WhyOnRequest => "each start copies the host's systemd into the pod and boots it, which takes seconds of processor time";

    // The alternative is systemd's journal, which puts a prefix before each line and cuts long ones.
    public bool OnTerminal => true;

    public Availability? WhyNot() =>
        ProgramPath.Find(Spawner) is null
            ? new Availability(false, null, $"rkt's flavor host needs {Spawner}", "apt-get install systemd-container")
        : ProgramPath.Find("/lib/systemd/systemd") is null
            ? new Availability(false, null, "rkt's flavor host boots a copy of the host's systemd, and this host has none", "--targets rkt")
        : Hierarchy() is null
            ? new Availability(
                false, null, "rkt's flavor host needs cgroup version 2, so that it can be given a group of its own",
                "mount -t cgroup2 none /sys/fs/cgroup/unified")
        : null;

    /// <summary>
    /// Writes a systemd-nspawn that goes before the host's in the PATH. It does not register with machined, a daemon of the host, which
    /// rkt asks it to regardless; and it stays in the control group that it is in, instead of asking systemd for another.
    /// </summary>
    public void Prepare(string directory)
    {
        var programs = Directory.CreateDirectory(Path.Combine(directory, "bin")).FullName;
        var file = Path.Combine(programs, Spawner);
        var real = ProgramPath.Find(Spawner);
        File.WriteAllText(file, $$"""
            #!/bin/sh
            [ "$1" = --version ] && exec '{{real}}' --version
            for argument; do
                shift
                [ "$argument" = --register=true ] && argument=--register=no
                set -- "$@" "$argument"
            done
            exec '{{real}}' --keep-unit "$@"

            """);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _searchPath = programs + ":" + ProgramPath.SearchPath;
    }

    public RktStart Begin(Launch launch)
    {
        var group = $"{Hierarchy()}{ControlGroups.Parent}/{launch.Label}";
        Directory.CreateDirectory(group);
        // With a link, "host" is the network namespace that rkt is started in.
        var network = launch.Link is null ? "--net=none" : "--net=host";
        return new RktStart(["--tmpfs", "/run", "--cgroup-root", group], _searchPath!, [network, "--interactive"], [Filter]);
    }

    public void Release(Launch launch) => ControlGroups.Remove(launch.Label);

    public InstanceEnd EndOf(ProcessEnd end, string? said) => end switch
    {
        { Signal: { } signal } => new InstanceEnd(null, "rkt was killed by " + SignalName.Of(signal)),
        { Status: NotExecuted } =>
            new InstanceEnd(null, "the pod's systemd could not execute the program: exec format error, or no access"),
        { Status: >= LowestSignal and <= HighestSignal and var signal } =>
            new InstanceEnd(null, "killed by " + SignalName.Of(signal)),
        _ => new InstanceEnd(end.Status, null),
    };

    private static string? Hierarchy() =>
        ControlGroups.Mounts().Where(mount => mount.Version == 2).Select(mount => mount.Path).FirstOrDefault();
}
