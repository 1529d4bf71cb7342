namespace VirtualBench.Targets;

/// <summary>What of a guest is its own, and not the host's.</summary>
[Flags]
public enum IsolationLayers
{
    None = 0,

    /// <summary>Another kernel than the host's runs the guest program, or none at all.</summary>
    Kernel = 1 << 0,
    Mount = 1 << 1,
    Pid = 1 << 2,
    Net = 1 << 3,
    Ipc = 1 << 4,
    Uts = 1 << 5,
    User = 1 << 6,

    /// <summary>A control group limits it.</summary>
    Cgroup = 1 << 7,

    /// <summary>System calls are filtered.</summary>
    Seccomp = 1 << 8,

    /// <summary>The processor's virtualisation extension separates it.</summary>
    Hardware = 1 << 9,
}

/// <summary>What separates a guest from the host.</summary>
/// <param name="Note">What the layers do not say, e.g. <c>processor emulated by TCG</c>; null when there is nothing.</param>
public sealed record Isolation(IsolationLayers Layers, string? Note = null)
{
    /// <summary>What a Linux container has that makes every namespace.</summary>
    public const IsolationLayers Namespaces =
        IsolationLayers.Mount | IsolationLayers.Pid | IsolationLayers.Net | IsolationLayers.Ipc | IsolationLayers.Uts;

    /// <summary>The layers by name: <c>kernel</c>, <c>mount</c>, <c>pid</c>, <c>net</c>, ... <c>hardware</c>.</summary>
    public IReadOnlyList<string> Names =>
    [
        .. Enum.GetValues<IsolationLayers>().Where(layer => layer != IsolationLayers.None && Layers.HasFlag(layer))
            .Select(layer => layer.ToString().ToLowerInvariant()),
    ];

    /// <summary>What is left of it when some of it is given up, such as the network namespace by who stays in the host's.</summary>
    public Isolation Without(IsolationLayers layers) => this with { Layers = Layers & ~layers };

    /// <summary>In one line, e.g. <c>kernel, hardware; a QEMU process</c>.</summary>
    public override string ToString() =>
        (Layers == IsolationLayers.None ? "none" : string.Join(", ", Names)) + (Note is null ? "" : "; " + Note);
}
