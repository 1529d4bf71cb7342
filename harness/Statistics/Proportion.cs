using Perfolizer.Mathematics.Distributions.ContinuousDistributions;

namespace VirtualBench.Statistics;

/// <summary>How often something happens, from how often it did.</summary>
public static class Proportion
{
    /// <summary>
    /// The 95 % interval of C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), 404-413: exact, and so never too narrow. From 0 to 1
    /// when nothing was tried.
    /// </summary>
    public static Interval Interval(int successes, int tries)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, tries);
        var failures = tries - successes;
        return new Interval(
            successes == 0 ? 0 : new BetaDistribution(successes, failures + 1).Quantile(0.025),
            failures == 0 ? 1 : new BetaDistribution(successes + 1, failures).Quantile(0.975));
    }
}
