using VirtualBench.Host;
using VirtualBench.Targets;

namespace VirtualBench.Networks;

/// <summary>What the networks of one run share.</summary>
/// <param name="Label">Names the processes that belong to the run and to no trial: <c>virtualbench-RUN-switch</c>.</param>
/// <param name="ScratchDirectory">A directory of the run's own; a network makes its own below it.</param>
public sealed record NetworkSession(string Label, string ScratchDirectory)
{
    private int _count;

    /// <summary>What the user chose, by <c>NETWORK.NAME</c>; each is valid.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The host's processors that this process may use.</summary>
    public IReadOnlyList<int> AllowedCpus { get; init; } = CpuList.Allowed();

    /// <summary>Those of them that guests run on; empty: any.</summary>
    public IReadOnlyList<int> GuestCpus { get; init; } = [];

    /// <summary>The label of a run's switches.</summary>
    public static string SwitchLabel(string run) => $"{RunScratch.Prefix}{run}-switch";

    /// <summary>An option's value: the user's, or what it is by default.</summary>
    public string Option(string network, NetworkOption option) => Options.GetValueOrDefault($"{network}.{option.Name}") ?? option.Default;

    /// <summary>A new empty directory; it goes when the run's scratch directory goes.</summary>
    public string NewDirectory(string what) =>
        Directory.CreateDirectory(Path.Combine(ScratchDirectory, $"{what}-{Interlocked.Increment(ref _count)}")).FullName;
}
