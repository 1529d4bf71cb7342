using VirtualBench.Targets;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Networks;

/// <summary>
/// What networks of Open vSwitch have in common: the switch in a network namespace, in which nothing has an address, for the kernel would
/// answer its neighbours past the switch; the host's end in a second one; containers in namespaces of their own, all by pairs of virtual
/// Ethernet links. A switch that has died is started anew for the next guest.
/// </summary>
internal abstract class OpenVSwitchNetwork(NetworkSession session) : INetwork
{
    private const string HostPort = "host";
    private LinkCommands? _links;
    private NetworkNamespace? _host;
    private OpenVSwitch? _switch;

    public abstract string Name { get; }

    public abstract LinkKinds Offers { get; }

    public IReadOnlyDictionary<string, string> Settings => new SortedDictionary<string, string>(
        new Dictionary<string, string>(OwnSettings) { ["mtu"] = FormattableString.Invariant($"{Addresses.Mtu}") },
        StringComparer.Ordinal);

    public HostSide? HostSide => _host is null ? null : new HostSide(Addresses.Host, _host);

    protected NetworkSession Session => session;

    /// <summary>Of ovs-vswitchd.</summary>
    protected abstract IReadOnlyList<string> Daemons { get; }

    protected abstract IReadOnlyDictionary<string, string> OwnSettings { get; }

    /// <summary>Whether frames keep the kernel's promise to sum, and to segment, later: the switch has to know what that is.</summary>
    protected abstract bool KeepsOffloads { get; }

    public virtual async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (LinkCommands.WhyNot() is { } reason)
        {
            return reason;
        }

        string[] programs = [OpenVSwitch.Database, OpenVSwitch.DatabaseTool, OpenVSwitch.Control, LinkOffloads.Program];
        if (programs.FirstOrDefault(program => ProgramPath.Find(program) is null) is { } missing)
        {
            return Missing(missing);
        }

        if (FindDaemon() is not { } daemon)
        {
            return Missing(Daemons[0]);
        }

        if (!File.Exists(OpenVSwitch.Schema))
        {
            return Missing(OpenVSwitch.Schema);
        }

        var version = await HostCommand.RunAsync(daemon, ["--version"], cancellation).ConfigureAwait(false);
        return version.Status == 0 ? new Availability(true, VersionIn(version.Output))
            : new Availability(false, null, $"{daemon} --version fails: {version.Error ?? "no output"}", "./build.sh setup");
    }

    public async Task OpenAsync(CancellationToken cancellation)
    {
        try
        {
            var setup = Setup(FindDaemon() ?? throw new TargetException($"{Daemons[0]} is not installed: ./build.sh setup"));
            _links = await LinkCommands.NewNamespaceAsync(cancellation).ConfigureAwait(false);
            _host = NetworkNamespace.Create();
            _switch = await OpenVSwitch.StartAsync(setup, _links, session.NewDirectory(Name), session.Label, cancellation)
                .ConfigureAwait(false);
            await PlugNamespaceAsync(HostPort, _host, Addresses.HostEnd, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<INetworkPort> PlugAsync(
        LinkKinds kind, int slot, string label, string scratchDirectory, CancellationToken cancellation)
    {
        if (_switch?.Fault is not null)
        {
            await DisposeAsync().ConfigureAwait(false);
        }

        if (_switch is null)
        {
            await OpenAsync(cancellation).ConfigureAwait(false);
        }

        var name = FormattableString.Invariant($"guest{slot}");
        return kind == LinkKinds.Namespace
            ? await PlugNamespaceAsync(name, slot, cancellation).ConfigureAwait(false)
            : await PlugMachineAsync(kind, name, slot, scratchDirectory, cancellation).ConfigureAwait(false);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_switch is { } running)
        {
            await running.DisposeAsync().ConfigureAwait(false);
        }

        _host?.Dispose();
        _links?.Namespace.Dispose();
        (_switch, _host, _links) = (null, null, null);
    }

    /// <summary>How to start it; what it takes of the host is taken here.</summary>
    protected abstract OpenVSwitchSetup Setup(string daemon);

    /// <summary>Columns of the record of an interface that is a virtual Ethernet link's end in the switch's namespace.</summary>
    protected virtual IReadOnlyList<string> LinkRecord(string name) => [];

    protected abstract Task<INetworkPort> PlugMachineAsync(
        LinkKinds kind, string name, int slot, string scratchDirectory, CancellationToken cancellation);

    /// <summary>The version in what ovs-vswitchd prints.</summary>
    /// <remarks>Its first line is <c>PROGRAM (Open vSwitch) 3.1.0</c>.</remarks>
    protected virtual string? VersionIn(string output)
    {
        var line = output.Split('\n')[0];
        return ErrorTail.Clean(line[(line.IndexOf('(', StringComparison.Ordinal) + 1)..].Replace(")", "", StringComparison.Ordinal));
    }

    /// <summary>A port of which nothing but the switch's own interface, and perhaps a link of that name, has to be taken away.</summary>
    /// <param name="linkIn">The guest's end, given the switch's namespace.</param>
    /// <param name="makeAsync">Makes there what the interface opens.</param>
    /// <param name="record">See <see cref="OpenVSwitch.AddPortAsync"/>.</param>
    protected async Task<INetworkPort> PlugPortAsync(
        string name, Func<LinkCommands, GuestLink> linkIn, Func<LinkCommands, Task> makeAsync, IReadOnlyList<string> record,
        CancellationToken cancellation)
    {
        var (links, running) = (_links!, _switch!);
        var link = linkIn(links);
        var port = new NetworkPort(
            link,
            async () =>
            {
                await running.RemovePortAsync(name).ConfigureAwait(false);
                await links.RemoveAsync(name).ConfigureAwait(false);
                if (link is NamespaceLink { Namespace: { } guest })
                {
                    guest.Dispose();
                }
            },
            () => running.Fault);
        try
        {
            await makeAsync(links).ConfigureAwait(false);
            await running.AddPortAsync(name, record, cancellation).ConfigureAwait(false);
            return port;
        }
        catch
        {
            await port.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static Availability Missing(string what) => new(false, null, $"{what} is not installed", "./build.sh setup");

    private string? FindDaemon() => Daemons.Select(ProgramPath.Find).FirstOrDefault(path => path is not null);

    private Task<INetworkPort> PlugNamespaceAsync(string name, int slot, CancellationToken cancellation)
    {
        var (address, guest) = (Addresses.Guest(slot), NetworkNamespace.Create());
        return PlugPortAsync(
            name, _ => new NamespaceLink(address, guest), links => MakeLinkAsync(links, name, guest, address, cancellation),
            LinkRecord(name), cancellation);
    }

    private async Task PlugNamespaceAsync(string name, NetworkNamespace place, GuestAddress address, CancellationToken cancellation)
    {
        await MakeLinkAsync(_links!, name, place, address, cancellation).ConfigureAwait(false);
        await _switch!.AddPortAsync(name, LinkRecord(name), cancellation).ConfigureAwait(false);
    }

    private async Task MakeLinkAsync(
        LinkCommands links, string name, NetworkNamespace place, GuestAddress address, CancellationToken cancellation)
    {
        await links.PlugNamespaceAsync(name, place, address, cancellation).ConfigureAwait(false);
        if (!KeepsOffloads)
        {
            await LinkOffloads.SwitchOffAsync(new LinkCommands(place), "eth0", cancellation).ConfigureAwait(false);
        }

        await links.RunAsync($"link set {name} up", cancellation).ConfigureAwait(false);
    }
}
