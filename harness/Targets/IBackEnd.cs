namespace VirtualBench.Targets;

/// <summary>
/// A network or a disk that targets are crossed with. What <see cref="OpenAsync"/> makes goes when this is disposed. It throws
/// <see cref="TargetException"/> with one line for what went wrong.
/// </summary>
public interface IBackEnd : IAsyncDisposable
{
    /// <summary>As the user writes it, e.g. <c>ovs-dpdk</c> or <c>virtio-blk:qcow2,cache=none</c>.</summary>
    string Name { get; }

    /// <summary>Versions and settings that its figures depend on, by name; complete after <see cref="OpenAsync"/>.</summary>
    IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>Looks, within a second, whether all is there that it takes. Starts nothing.</summary>
    Task<Availability> FindAsync(CancellationToken cancellation);

    /// <summary>Makes what all trials share (a bridge, a switch, an image).</summary>
    Task OpenAsync(CancellationToken cancellation);
}
