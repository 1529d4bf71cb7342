using VirtualBench.Guests;
using VirtualBench.Guests.Containers;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets;

/// <summary>
/// <c>nspawn</c>: systemd-nspawn on a directory, without a systemd that manages the host: no unit, no registration, no journal.
/// </summary>
public sealed class NspawnTarget(TargetName name, TargetSession session) : ITarget
{
    private const string Program = "systemd-nspawn";
    private readonly Dictionary<string, string> _roots = []; // by the program's SHA-256
    private readonly OutOfMemory _outOfMemory = new();

    public TargetName Name => name;

    public Acceleration Acceleration => Acceleration.None;

    public Isolation Isolation { get; } = new(
        Isolation.Namespaces | IsolationLayers.Cgroup | IsolationLayers.Seccomp, "no capabilities");

    public LinkKinds Links => LinkKinds.Host | LinkKinds.Namespace;

    public async Task<Availability> FindAsync(CancellationToken cancellation) =>
        EnclosedEngine.WhyNot(name, session, hasVariants: false, Program) is { } missing
            ? missing
            : await VersionAsync(cancellation).ConfigureAwait(false);

    public Task<Availability> TryAsync(CancellationToken cancellation) => Trial.RunAsync(this, session, FindAsync, cancellation);

    public Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        foreach (var program in programs.Where(program => !_roots.ContainsKey(program.Sha256)))
        {
            var root = Path.Combine(session.NewScratchDirectory("nspawn"), "root");
            // What it mounts on, and /usr, without which it does not take a directory for a system.
            RootDirectory.Write(
                root, ["dev", "etc", "proc", "root", "run", "sys", "tmp", "usr", "var"], (OciImage.ProgramPath, program.Path));
            _roots[program.Sha256] = root;
        }

        _outOfMemory.Reset();
        return Task.CompletedTask;
    }

    public async Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        if (!_roots.TryGetValue(launch.Program.Sha256, out var root))
        {
            throw new InvalidOperationException("PrepareAsync comes first.");
        }

        cancellation.ThrowIfCancellationRequested();
        try
        {
            var start = Describe(launch, root, LimitedGroup.Create(launch.Label, launch.Resources));
            console.Phase("accepted");
            var outcome = await GuestProcess.RunAsync(start, console, cancellation).ConfigureAwait(false);
            EnclosedEngine.ThrowIfNotExecuted(start, outcome);
            return NspawnEnd.Of(outcome, launch.Resources, _outOfMemory.HasKilled());
        }
        finally
        {
            // On version 2 it divides the group that it is started in, and leaves it so.
            ControlGroups.Remove(launch.Label);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ProcessLaunch Describe(Launch launch, string root, IReadOnlyList<string> groups) => new(
        EnclosedEngine.Enclosure(session),
        [
            "--mounts-only", .. groups.SelectMany(group => new[] { "--cgroup", group }),
            // It keeps locks and mounts below /run/systemd, whoever runs it.
            .. EnclosureOptions.Emptied(session.ScratchDirectory, "/run"), "--",
            EnclosedEngine.Find(Program), "--quiet", "--settings=no", "--directory=" + root, "--read-only", "--machine=" + launch.Label,
            "--register=no", "--keep-unit", "--link-journal=no", "--resolv-conf=off", "--timezone=off",
            .. Network(launch.Link), "--drop-capability=all", "--no-new-privileges=yes", "--console=pipe",
            $"--setenv={InstanceProcesses.Variable}={launch.Label}", OciImage.ProgramPath, .. launch.Arguments,
        ],
        [$"{InstanceProcesses.Variable}={launch.Label}", "PATH=" + ProgramPath.SearchPath, .. NspawnEnd.LogSettings],
        launch.Resources.HostCpus, launch.Label);

    private static IEnumerable<string> Network(GuestLink? link) =>
        link is HostLink ? [] : [link?.Namespace is { } place ? "--network-namespace-path=" + place.Path : "--private-network"];

    private static async Task<Availability> VersionAsync(CancellationToken cancellation)
    {
        var found = await EnclosedEngine.VersionAsync(Program, cancellation).ConfigureAwait(false);
        return found with { Version = found.Version?.Replace("systemd ", Program + " ", StringComparison.Ordinal) };
    }
}
