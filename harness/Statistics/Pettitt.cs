using System.Collections.Concurrent;
using System.Numerics;

namespace VirtualBench.Statistics;

/// <param name="First">Index of the first value after the most likely change of level.</param>
/// <param name="PValue">Of the hypothesis that the level never changed.</param>
public readonly record struct ChangeTest(int First, double PValue);

/// <summary>Pettitt's test for one change of level at an unknown time, by ranks alone.</summary>
/// <remarks>
/// A. N. Pettitt, "A non-parametric approach to the change-point problem", Applied Statistics 28 (1979), 126-135. His approximation of the
/// p-value, 2 exp(-6 K^2 / (n^3 + n^2)), is far too large for few values (0.066 for ten that split perfectly in the middle, where
/// 0.008 is exact), so up to <see cref="MostExact"/> values every order is counted; beyond, the approximation errs on the quiet side.
/// </remarks>
public static class Pettitt
{
    /// <summary>So many values, without ties, get the exact distribution.</summary>
    public const int MostExact = 14;

    private static readonly ConcurrentDictionary<int, double[]> Tails = new();

    /// <param name="values">In the order of time, two or more.</param>
    public static ChangeTest Test(IReadOnlyList<double> values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Count, 2);
        var score = 0;
        var largest = -1;
        var first = 0;
        for (var t = 0; t < values.Count - 1; t++)
        {
            score += values.Sum(other => values[t].CompareTo(other));
            if (Math.Abs(score) > largest)
            {
                (largest, first) = (Math.Abs(score), t + 1);
            }
        }

        return new ChangeTest(first, PValue(largest, values.Count));
    }

    /// <summary>P(K >= k) when every order of n different values is as likely. With ties K is smaller, and so the test quieter.</summary>
    internal static double PValue(int k, int count)
    {
        double n = count;
        return count <= MostExact
            ? Tails.GetOrAdd(count, CountOrders)[k]
            : Math.Min(1, 2 * Math.Exp(-6.0 * k * k / ((n * n * n) + (n * n))));
    }

    /// <summary>For each k the share of the orders that reach it.</summary>
    private static double[] CountOrders(int count)
    {
        var tails = new double[(count * count / 4) + 2];
        for (var k = 0; k < tails.Length; k++)
        {
            tails[k] = 1 - ShareBelow(k, count);
        }

        return tails;
    }

    /// <summary>
    /// The share of the orders whose score stays below k: over the sets of ranks that may have come so far, since the score depends on the
    /// set alone (twice the sum of its ranks, less their number times n + 1).
    /// </summary>
    private static double ShareBelow(int k, int count)
    {
        var share = new double[1 << count];
        share[0] = 1;
        for (var set = 0; set < share.Length; set++)
        {
            if (share[set] == 0)
            {
                continue;
            }

            var taken = BitOperations.PopCount((uint)set);
            for (var rank = 0; rank < count; rank++)
            {
                var next = set | (1 << rank);
                if (next != set && Math.Abs(Score(next, count)) < k)
                {
                    share[next] += share[set] / (count - taken);
                }
            }
        }

        return share[^1];
    }

    private static int Score(int set, int count)
    {
        var sum = 0;
        for (var rank = 0; rank < count; rank++)
        {
            sum += ((set >> rank) & 1) * (rank + 1);
        }

        return (2 * sum) - (BitOperations.PopCount((uint)set) * (count + 1));
    }
}
