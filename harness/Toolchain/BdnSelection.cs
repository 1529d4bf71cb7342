using VirtualBench.Plan;

namespace VirtualBench.Toolchain;

/// <summary>What BenchmarkSwitcher arguments ask a campaign for; null where they leave it to the campaign.</summary>
/// <param name="Boots">From <c>--launchCount</c> or a job such as <c>--job dry</c>.</param>
/// <param name="IterationMs">From <c>--iterationTime</c>.</param>
/// <param name="Warmup">From <c>--warmupCount</c> or the job.</param>
/// <param name="MinIterations">From <c>--minIterationCount</c>, <c>--iterationCount</c> or the job.</param>
/// <param name="MaxIterations">From <c>--maxIterationCount</c>, <c>--iterationCount</c> or the job.</param>
public sealed record BdnSelection(
    IReadOnlyList<ProbeSpecification> Probes, IReadOnlyList<string> Implementations, int? Boots, int? IterationMs, int? Warmup,
    int? MinIterations, int? MaxIterations)
{
    /// <summary>The campaign that is asked for: that of a preset, with what the arguments say.</summary>
    public RunRequest ToRequest(string preset = "quick") => new(
        preset, Probes: string.Join(',', Probes), Implementations: string.Join(',', Implementations), Boots: Boots,
        Engine: Presets.Find(preset) is { } known ? Apply(known.Engine) : null);

    /// <summary>The campaign's own settings, changed where the arguments say so.</summary>
    public EngineSettings Apply(EngineSettings settings) => settings with
    {
        IterationMs = IterationMs ?? settings.IterationMs,
        Warmup = Warmup ?? settings.Warmup,
        MinIterations = MinIterations ?? Math.Min(settings.MinIterations, MaxIterations ?? settings.MinIterations),
        MaxIterations = MaxIterations ?? Math.Max(settings.MaxIterations, MinIterations ?? settings.MaxIterations),
    };
}
