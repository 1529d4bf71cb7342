namespace VirtualBench.Statistics;

/// <summary>
/// Holm's correction for making many comparisons at once: the probability that any of those which hold is called different stays at the
/// level, however the comparisons depend on each other.
/// </summary>
/// <remarks>
/// <para>S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979), 65-70.</para>
/// <para>Verdicts are not gated by it: a signed-rank test of n pairs has no p-value below 2^(1-n), so that with six blocks no comparison
/// of a family of two or more could survive, whatever was measured, and a verdict that depends on how many other probes happened to be
/// run is none on the comparison itself. So the verdict is that of the interval, the corrected p-value stands beside it, and where so few
/// blocks could not survive, that is said (<see cref="FewestPairs"/>) instead of "no". The margin protects verdicts besides: a difference
/// of none is called worse only when noise alone exceeds it.</para>
/// </remarks>
public static class Holm
{
    /// <summary>Adjusted p-values, in the order given: each may be held against the level of the whole family.</summary>
    public static double[] Adjust(IReadOnlyList<double> pValues)
    {
        var adjusted = new double[pValues.Count];
        var largest = 0.0;
        var left = pValues.Count;
        foreach (var index in Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i]))
        {
            largest = Math.Max(largest, Math.Min(1, left-- * pValues[index]));
            adjusted[index] = largest;
        }

        return adjusted;
    }

    /// <summary>The fewest pairs whose clearest outcome survives as one of so many comparisons.</summary>
    public static int FewestPairs(int comparisons, double level = 0.05)
    {
        var pairs = 1;
        while (comparisons * SignedRank.LeastPValue(pairs) > level)
        {
            pairs++;
        }

        return pairs;
    }
}
