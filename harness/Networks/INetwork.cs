using VirtualBench.Targets;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;

namespace VirtualBench.Networks;

/// <summary>Where the program that guests talk to runs, when it runs on the host.</summary>
/// <param name="Host">The IPv4 address by which guests reach it.</param>
/// <param name="Namespace">The network namespace that it runs in; null: the host's own.</param>
public sealed record HostSide(string Host, NetworkNamespace? Namespace);

/// <summary>A guest's place in a network, for one trial. Disposing it takes the link away.</summary>
public interface INetworkPort : IAsyncDisposable
{
    GuestLink Link { get; }

    /// <summary>What has become of the network since, one line; null: nothing has.</summary>
    string? Fault => null;
}

/// <summary>
/// A way to connect guests with each other and with the host. What <see cref="IBackEnd.OpenAsync"/> and <see cref="PlugAsync"/> make lies in
/// network namespaces that nothing but this process holds, so that the kernel removes it when we end in any way, and no rule, link or setting of
/// the host is touched. Each throws <see cref="TargetException"/> with one line for what went wrong.
/// </summary>
public interface INetwork : IBackEnd
{
    /// <summary>The kinds of link that it can give; a guest gets the first, in the enumeration's order, that it can take.</summary>
    LinkKinds Offers { get; }

    /// <summary>The host's end; there after <see cref="IBackEnd.OpenAsync"/>. Null: only guests can talk to each other.</summary>
    HostSide? HostSide { get; }

    /// <summary>Makes a link for one guest.</summary>
    /// <param name="kind">One of <see cref="Offers"/>.</param>
    /// <param name="slot">0 for the guest that measures, 1 for a second guest that it talks to.</param>
    /// <param name="label">The trial's, for processes that have to be started.</param>
    /// <param name="scratchDirectory">For sockets and files; the trial's own.</param>
    Task<INetworkPort> PlugAsync(LinkKinds kind, int slot, string label, string scratchDirectory, CancellationToken cancellation);
}

/// <summary>A port of which only its link is known: what else there is belongs to the network.</summary>
internal sealed class NetworkPort(GuestLink link, Func<ValueTask>? unplug = null, Func<string?>? findFault = null) : INetworkPort
{
    public GuestLink Link => link;

    public string? Fault => findFault?.Invoke();

    public ValueTask DisposeAsync() => unplug?.Invoke() ?? ValueTask.CompletedTask;
}
