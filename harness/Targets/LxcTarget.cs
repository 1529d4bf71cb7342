using VirtualBench.Guests;
using VirtualBench.Libvirt;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets;

/// <summary><c>lxc</c>: a container by libvirt's LXC driver (<c>lxc:///system</c>), in a libvirt daemon of the run's own.</summary>
public sealed class LxcTarget(TargetName name, TargetSession session) : ITarget
{
    private readonly Dictionary<string, string> _roots = []; // by the program's SHA-256
    private readonly OutOfMemory _outOfMemory = new();
    private Connection? _connection;

    public TargetName Name => name;

    public Acceleration Acceleration => Acceleration.None;

    public Isolation Isolation { get; } = new(
        Isolation.Namespaces | IsolationLayers.User | IsolationLayers.Cgroup, "no capabilities; a helper of ours is PID 1");

    /// <summary>Not the host's: in a user namespace, /sys can be mounted only where the network namespace is its own too.</summary>
    public LinkKinds Links => LinkKinds.Namespace;

    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (EnclosedEngine.WhyNot(name, session, hasVariants: false, PrivateLibvirtDaemon.Program) is { } missing)
        {
            return missing;
        }

        if (!LibvirtLibrary.IsInstalled || PrivateLibvirtDaemon.FindDriver() is null)
        {
            return new Availability(false, null, "libvirt's LXC driver is not installed", "./build.sh setup");
        }

        if (!File.Exists(LxcDomain.Init))
        {
            return new Availability(false, null, $"{LxcDomain.Init} has not been built", "./build.sh build");
        }

        var found = await EnclosedEngine.VersionAsync(PrivateLibvirtDaemon.Program, cancellation).ConfigureAwait(false);
        return found with { Version = found.Version is { } version ? $"libvirt {version.Split(' ')[^1]}, LXC driver" : null };
    }

    public Task<Availability> TryAsync(CancellationToken cancellation) => Trial.RunAsync(this, session, FindAsync, cancellation);

    public async Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        _connection ??= await session.Lxc.ConnectAsync(cancellation).ConfigureAwait(false);
        foreach (var program in programs.Where(program => !_roots.ContainsKey(program.Sha256)))
        {
            _roots[program.Sha256] = session.Lxc.AddRoot(program);
        }

        _outOfMemory.Reset();
    }

    public async Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        if (_connection is null || !_roots.TryGetValue(launch.Program.Sha256, out var root))
        {
            throw new InvalidOperationException("PrepareAsync comes first.");
        }

        await using var network = launch.Link is NamespaceLink link ? new LxcNetwork(link, launch.ScratchDirectory) : null;
        using var instance = new LxcInstance(_connection, LxcDomain.Describe(launch, root), network, console);
        try
        {
            // A thread of its own: a blocked read must not hold up others.
            await Task.Factory.StartNew(
                () => instance.Run(cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            throw new TargetException($"libvirt cannot run the container: {ErrorTail.Clean(e.Message)}", e);
        }

        return instance.EndOf(launch.Resources, _outOfMemory.HasKilled());
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
