using VirtualBench.Targets;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Networks;

/// <summary>
/// What networks have in common that translate a guest's packets to sockets of a process, in place of a switch: a network namespace of
/// ours stands for the host, where these sockets are made and the host's end listens. No guest sees another.
/// </summary>
internal abstract class UserModeNetwork(NetworkSession session) : INetwork
{
    private LinkCommands? _home;

    public abstract string Name { get; }

    public abstract LinkKinds Offers { get; }

    public IReadOnlyDictionary<string, string> Settings { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["mtu"] = FormattableString.Invariant($"{Addresses.Mtu}"),
    };

    public HostSide? HostSide => _home is null ? null : new HostSide(HostAddress, _home.Namespace);

    /// <summary>By what the guest knows the host's loopback.</summary>
    protected abstract string HostAddress { get; }

    /// <summary>Stands for the host.</summary>
    protected LinkCommands Home => _home ?? throw new InvalidOperationException("OpenAsync comes first.");

    public abstract Task<Availability> FindAsync(CancellationToken cancellation);

    public virtual async Task OpenAsync(CancellationToken cancellation) =>
        _home = await LinkCommands.NewNamespaceAsync(cancellation).ConfigureAwait(false);

    public Task<INetworkPort> PlugAsync(
        LinkKinds kind, int slot, string label, string scratchDirectory, CancellationToken cancellation) =>
        slot > 0 ? throw new TargetException($"{Name}: guests cannot see each other in a user-mode network: --peer host")
        : kind == LinkKinds.Namespace ? PlugNamespaceAsync(scratchDirectory, cancellation)
        : PlugMachineAsync(scratchDirectory, cancellation);

    public ValueTask DisposeAsync()
    {
        _home?.Namespace.Dispose();
        _home = null;
        return ValueTask.CompletedTask;
    }

    protected abstract GuestAddress GuestAddress { get; }

    protected abstract Task<INetworkPort> PlugMachineAsync(string scratchDirectory, CancellationToken cancellation);

    /// <summary>The program, and its arguments, that makes a tap <c>eth0</c> in a guest's namespace and translates its packets.</summary>
    protected abstract (string Program, IReadOnlyList<string> Arguments) CommandFor(NetworkNamespace guest, string scratchDirectory);

    protected Task<UserModeProcess> StartAsync(
        string program, IReadOnlyList<string> arguments, Func<Task<bool>> isReady, CancellationToken cancellation) =>
        UserModeProcess.StartAsync(
            ProgramPath.Find(program) ?? throw new TargetException($"{program} is not installed: ./build.sh setup"),
            arguments, session.Label, Home.Namespace, isReady, cancellation);

    private async Task<INetworkPort> PlugNamespaceAsync(string scratchDirectory, CancellationToken cancellation)
    {
        var guest = NetworkNamespace.Create();
        UserModeProcess? process = null;
        var port = new NetworkPort(new NamespaceLink(GuestAddress, guest), async () =>
        {
            // The tap ends with who has it open.
            if (process is not null)
            {
                await process.DisposeAsync().ConfigureAwait(false);
            }

            guest.Dispose();
        });
        try
        {
            var (program, arguments) = CommandFor(guest, scratchDirectory);
            process = await StartAsync(program, arguments, () => HasLinkAsync(guest), cancellation).ConfigureAwait(false);
            var inside = new LinkCommands(guest);
            await inside.RunAsync($"link set eth0 address {GuestAddress.Mac} mtu {GuestAddress.Mtu}", cancellation).ConfigureAwait(false);
            await inside.ConfigureGuestAsync(GuestAddress, cancellation).ConfigureAwait(false);
            return port;
        }
        catch
        {
            await port.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static Task<bool> HasLinkAsync(NetworkNamespace guest) =>
        guest.RunAsync(() => File.ReadAllText("/proc/thread-self/net/dev").Contains("eth0:", StringComparison.Ordinal));
}
