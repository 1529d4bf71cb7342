namespace VirtualBench.Targets.Leftovers;

/// <summary>Something that an earlier run left behind.</summary>
/// <param name="Kind">E.g. <c>container</c>.</param>
/// <param name="Id">What the system calls it.</param>
/// <param name="What">One line for people.</param>
/// <param name="RemoveAsync">Ends or deletes it; no error when it has gone meanwhile. Throws <see cref="TargetException"/> when it will not
/// go.</param>
public sealed record Leftover(string Kind, string Id, string What, Func<CancellationToken, Task> RemoveAsync);

/// <summary>Finds leftovers of one kind. Finding changes nothing; where the host lacks what it looks into, there are none.</summary>
public interface ILeftovers
{
    Task<IReadOnlyList<Leftover>> FindAsync(LeftoverScope scope, CancellationToken cancellation);
}

/// <summary>Whose leftovers are looked for: never those of a run that lives.</summary>
/// <param name="Run">One run's; null: any run's.</param>
/// <param name="LiveRuns">Runs whose scratch directory is locked.</param>
public sealed record LeftoverScope(string? Run, IReadOnlySet<string> LiveRuns)
{
    /// <summary>The scope as of now.</summary>
    public static LeftoverScope Now(string? run) =>
        new(run, RunScratch.FindAll().Where(scratch => scratch.Lives).Select(scratch => scratch.Run).ToHashSet());

    /// <summary>Whether the owner of a label, <c>virtualbench-RUN</c> or <c>virtualbench-RUN-TRIAL</c>, is in scope.</summary>
    public bool Covers(string label) =>
        label.StartsWith(RunScratch.Prefix, StringComparison.Ordinal)
        && !LiveRuns.Any(run => Owns(run, label))
        && (Run is null || Owns(Run, label));

    /// <summary>Things that carry no run's name: in scope when no run at all can own them.</summary>
    public bool CoversAnonymous => Run is null && LiveRuns.Count == 0;

    private static bool Owns(string run, string label)
    {
        var own = RunScratch.Prefix + run;
        return label.StartsWith(own, StringComparison.Ordinal) && (label.Length == own.Length || label[own.Length] == '-');
    }
}
