namespace VirtualBench.Cli;

/// <summary>What the process tells its caller.</summary>
internal static class ExitStatus
{
    public const int Done = 0;

    /// <summary>A trial failed, or something got worse.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Nothing could run.</summary>
    public const int NothingRan = 3;

    /// <summary>The user ended it; what was measured so far is kept.</summary>
    public const int Interrupted = 130;
}
