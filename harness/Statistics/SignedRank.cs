using System.Collections.Concurrent;

namespace VirtualBench.Statistics;

/// <summary>
/// The null distribution of Wilcoxon's signed-rank statistic W (the sum of the ranks of the positive differences) and the interval for a
/// centre of symmetry that follows from inverting the test.
/// </summary>
/// <remarks>
/// The interval is made of Walsh averages (the averages of all pairs, each value with itself included), as Hollander, Wolfe and Chicken,
/// "Nonparametric Statistical Methods", 3rd edition, section 3.3 give it: a shift is inside when the test does not reject it.
/// </remarks>
public static class SignedRank
{
    /// <summary>The fewest pairs whose most extreme outcome is rarer than 5 %: two of 2^6 against two of 2^5.</summary>
    public const int FewestPairs = 6;

    private static readonly ConcurrentDictionary<int, double[]> Distributions = new();

    /// <summary>P(W &lt;= w) for <paramref name="pairs"/> differences without ties or zeros.</summary>
    public static double CumulativeProbability(int w, int pairs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs, 1);
        var cumulative = Distributions.GetOrAdd(pairs, Accumulate);
        return w < 0 ? 0 : w >= cumulative.Length ? 1 : cumulative[w];
    }

    /// <summary>
    /// The interval that covers the centre of the values with at least the given confidence; null when so few values cannot carry it.
    /// With ties the coverage only grows, for the test then rejects less often than it may.
    /// </summary>
    public static Interval? Invert(IReadOnlyList<double> values, double confidence = 0.95)
    {
        if (values.Count == 0)
        {
            return null;
        }

        var rank = RankOfBound(values.Count, confidence);
        if (rank == 0)
        {
            return null;
        }

        var averages = WalshAverages(values);
        return new Interval(averages[rank - 1], averages[averages.Length - rank]);
    }

    /// <summary>
    /// What the interval of so many pairs misses with, both sides together: the largest level that does not exceed 1 - confidence. NaN when
    /// they cannot carry one.
    /// </summary>
    public static double AttainedLevel(int pairs, double confidence = 0.95)
    {
        var rank = RankOfBound(pairs, confidence);
        return rank == 0 ? double.NaN : 2 * CumulativeProbability(rank - 1, pairs);
    }

    /// <summary>The least that any outcome of so many pairs can have as a two-sided p-value: all differences on one side.</summary>
    public static double LeastPValue(int pairs) => Math.Min(1, 2 * CumulativeProbability(0, pairs));

    /// <summary>
    /// One-sided p-value of the hypothesis that the centre of the values is <paramref name="shift"/> or below; small when it is above. It
    /// is at most half of 1 - confidence exactly when the lower bound of <see cref="Invert"/> exceeds the shift; ties and values equal to
    /// the shift count against it.
    /// </summary>
    public static double PValueAbove(IReadOnlyList<double> values, double shift) => values.Count == 0 ? 1
        : CumulativeProbability(WalshAverages(values).Count(average => average <= shift), values.Count);

    /// <summary>The same for a centre that is <paramref name="shift"/> or above; small when it is below.</summary>
    public static double PValueBelow(IReadOnlyList<double> values, double shift) => values.Count == 0 ? 1
        : CumulativeProbability(WalshAverages(values).Count(average => average >= shift), values.Count);

    /// <summary>From 1: the bound is the average of this rank from either end; 0 when there is none.</summary>
    private static int RankOfBound(int pairs, double confidence)
    {
        var tail = (1 - confidence) / 2;
        var rank = 0;
        while (pairs > 0 && CumulativeProbability(rank, pairs) <= tail)
        {
            rank++;
        }

        return rank;
    }

    private static double[] WalshAverages(IReadOnlyList<double> values)
    {
        var averages = new double[values.Count * (values.Count + 1) / 2];
        var next = 0;
        for (var i = 0; i < values.Count; i++)
        {
            for (var j = i; j < values.Count; j++)
            {
                averages[next++] = (values[i] + values[j]) / 2;
            }
        }

        Array.Sort(averages);
        return averages;
    }

    // Each rank is in the sum or not, with equal probability: one convolution for each rank. Exact, and quick enough for hundreds of pairs.
    private static double[] Accumulate(int pairs)
    {
        var probability = new double[(pairs * (pairs + 1) / 2) + 1];
        probability[0] = 1;
        var largest = 0;
        for (var rank = 1; rank <= pairs; rank++)
        {
            largest += rank;
            for (var sum = largest; sum >= 0; sum--)
            {
                probability[sum] = (probability[sum] + (sum >= rank ? probability[sum - rank] : 0)) / 2;
            }
        }

        for (var sum = 1; sum < probability.Length; sum++)
        {
            probability[sum] += probability[sum - 1];
        }

        return probability;
    }
}
