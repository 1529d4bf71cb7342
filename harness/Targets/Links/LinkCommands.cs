using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Links;

/// <summary>Runs iproute2's <c>ip</c> in a network namespace.</summary>
internal sealed class LinkCommands(NetworkNamespace home)
{
    public const string Program = "ip";

    public NetworkNamespace Namespace => home;

    /// <summary>Why no link can be made here; null when they can.</summary>
    public static Availability? WhyNot() =>
        !Environment.IsPrivilegedProcess ? new Availability(false, null, "making network links needs root", "sudo ./build.sh run")
        : ProgramPath.Find(Program) is null ? new Availability(false, null, "ip (iproute2) is not installed", "./build.sh setup")
        : null;

    /// <summary>A new namespace whose loopback is up, without IPv6, whose own packets would be among those that are counted.</summary>
    public static async Task<LinkCommands> NewNamespaceAsync(CancellationToken cancellation)
    {
        var made = new LinkCommands(NetworkNamespace.Create());
        try
        {
            await made.Namespace.RunAsync(() =>
            {
                // /proc/sys/net is that of the thread that reads it.
                const string disable = "/proc/sys/net/ipv6/conf/default/disable_ipv6";
                if (File.Exists(disable))
                {
                    File.WriteAllText(disable, "1");
                }

                return 0;
            }).ConfigureAwait(false);
            await made.RunAsync("link set lo up", cancellation).ConfigureAwait(false);
            return made;
        }
        catch
        {
            made.Namespace.Dispose();
            throw;
        }
    }

    /// <summary>Runs <c>ip WORDS</c>.</summary>
    /// <param name="words">Blank-separated.</param>
    /// <exception cref="TargetException">It failed; the message is what it said.</exception>
    public Task RunAsync(string words, CancellationToken cancellation) => RunAsync(Program, words.Split(' '), cancellation);

    /// <summary>Runs another command in the namespace.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="TargetException">It is not there or failed; the message is what it said.</exception>
    public async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var path = ProgramPath.Find(program) ?? throw new TargetException($"{program} is not installed: ./build.sh setup");
        var answer = await HostCommand.RunAsync(path, arguments, cancellation, home).ConfigureAwait(false);
        return answer.Status == 0 ? answer.Output
            : throw new TargetException($"{program} {string.Join(' ', arguments)} failed: {answer.Error ?? "it said nothing"}");
    }

    /// <summary>Takes a link away, and with it its other end; does nothing when there is none.</summary>
    public async Task RemoveAsync(string name)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        if (ProgramPath.Find(Program) is { } path)
        {
            await HostCommand.RunAsync(path, ["link", "delete", name], limit.Token, home).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Makes a pair of virtual Ethernet links: one stays here under <paramref name="name"/>, the other becomes <c>eth0</c> of a namespace.
    /// </summary>
    public async Task PlugNamespaceAsync(string name, NetworkNamespace guest, GuestAddress address, CancellationToken cancellation)
    {
        await RunAsync(
            $"link add {name} mtu {address.Mtu} type veth peer name eth0 address {address.Mac} mtu {address.Mtu} netns {guest.Path}",
            cancellation).ConfigureAwait(false);
        await new LinkCommands(guest).ConfigureGuestAsync(address, cancellation).ConfigureAwait(false);
    }

    /// <summary>Moves <c>eth0</c> from here to another namespace; what was configured is lost on the way, and done again there.</summary>
    public async Task MoveGuestAsync(NetworkNamespace to, GuestAddress address, CancellationToken cancellation)
    {
        await RunAsync($"link set eth0 netns {to.Path}", cancellation).ConfigureAwait(false);
        await new LinkCommands(to).ConfigureGuestAsync(address, cancellation).ConfigureAwait(false);
    }

    /// <summary>Makes <c>eth0</c>, and the loopback, ready for a guest in this namespace.</summary>
    public async Task ConfigureGuestAsync(GuestAddress address, CancellationToken cancellation)
    {
        await RunAsync("link set lo up", cancellation).ConfigureAwait(false);
        await RunAsync($"address add {address} dev eth0", cancellation).ConfigureAwait(false);
        await RunAsync("link set eth0 up", cancellation).ConfigureAwait(false);
    }
}
