using VirtualBench.Targets;

namespace VirtualBench.Networks;

/// <summary>What the networks of one run share.</summary>
/// <param name="Label">Names the processes that belong to the run and to no trial: <c>virtualbench-RUN-switch</c>.</param>
/// <param name="ScratchDirectory">A directory of the run's own; a network makes its own below it.</param>
public sealed record NetworkSession(string Label, string ScratchDirectory)
{
    private int _count;

    /// <summary>The label of a run's switches.</summary>
    public static string SwitchLabel(string run) => $"{RunScratch.Prefix}{run}-switch";

    /// <summary>A new empty directory; it goes when the run's scratch directory goes.</summary>
    public string NewDirectory(string what) =>
        Directory.CreateDirectory(Path.Combine(ScratchDirectory, $"{what}-{Interlocked.Increment(ref _count)}")).FullName;
}
