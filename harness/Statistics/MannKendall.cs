using Perfolizer.Mathematics.Distributions.ContinuousDistributions;

namespace VirtualBench.Statistics;

/// <param name="Score">Pairs of values of which the later is greater, less those of which it is smaller.</param>
/// <param name="PValue">Two-sided.</param>
public readonly record struct TrendTest(int Score, double PValue);

/// <summary>
/// Mann and Kendall's test for a trend, by ranks alone: values in the order of time against the hypothesis that every order is as likely.
/// </summary>
/// <remarks>
/// M. G. Kendall, "Rank Correlation Methods", 4th edition, chapters 4 and 5. Without ties the distribution is exact (the number of
/// permutations with so many inversions); with ties, and for more than <see cref="MostExact"/> values, it is the normal one with the
/// corrected variance and a continuity correction.
/// </remarks>
public static class MannKendall
{
    /// <summary>So many values, without ties, get the exact distribution.</summary>
    public const int MostExact = 60;

    public static TrendTest Test(IReadOnlyList<double> values)
    {
        var score = 0;
        for (var later = 1; later < values.Count; later++)
        {
            for (var earlier = 0; earlier < later; earlier++)
            {
                score += values[later].CompareTo(values[earlier]);
            }
        }

        int[] ties = [.. values.GroupBy(v => v).Select(g => g.Count()).Where(count => count > 1)];
        var isExact = ties.Length == 0 && values.Count <= MostExact;
        return new TrendTest(score, isExact ? Exact(score, values.Count) : Approximate(score, values.Count, ties));
    }

    /// <summary>Two-sided: the score is at least so far from 0.</summary>
    private static double Exact(int score, int count)
    {
        // The score is the number of pairs less twice the inversions.
        var pairs = count * (count - 1) / 2;
        var fewest = (pairs - Math.Abs(score)) / 2;
        return Math.Min(1, 2 * Inversions(count).Take(fewest + 1).Sum());
    }

    // The probability of each number of inversions: the k-th value stands before 0 to k-1 of those already placed, all as likely.
    private static double[] Inversions(int count)
    {
        double[] probability = [1];
        for (var placed = 2; placed <= count; placed++)
        {
            var next = new double[(placed * (placed - 1) / 2) + 1];
            for (var inversions = 0; inversions < probability.Length; inversions++)
            {
                for (var added = 0; added < placed; added++)
                {
                    next[inversions + added] += probability[inversions] / placed;
                }
            }

            probability = next;
        }

        return probability;
    }

    private static double Approximate(int score, double count, int[] ties)
    {
        static double Term(double n) => n * (n - 1) * ((2 * n) + 5);
        var variance = (Term(count) - ties.Sum(t => Term(t))) / 18;
        return variance <= 0 || score == 0 ? 1
            : 2 * NormalDistribution.Standard.Cdf(-(Math.Abs(score) - 1) / Math.Sqrt(variance));
    }
}
