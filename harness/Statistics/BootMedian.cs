using Perfolizer.Mathematics.QuantileEstimators;
using Pragmastat;

namespace VirtualBench.Statistics;

/// <summary>The figure of a target by itself: the median over boots, each of which counts once, however many iterations it ran.</summary>
public static class BootMedian
{
    private const int Resamples = 2000;

    /// <summary>The middle value, or the mean of the two in the middle; NaN when there is none or when any value is NaN.</summary>
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.ToArray();
        return sorted.Length == 0 || sorted.Any(double.IsNaN) ? double.NaN : Middle(sorted);
    }

    /// <summary>
    /// 95 % percentile bootstrap interval of the median, resampling boots; null for fewer than six boots, whose whole range covers the
    /// median less often than that, and for values that are not finite.
    /// </summary>
    /// <param name="draw">Gives a random whole number from 0 up to but not including its argument; decides whether a run can be
    /// repeated.</param>
    public static Interval? Bootstrap(IReadOnlyList<double> boots, Func<int, int> draw)
    {
        if (boots.Count < SignedRank.FewestPairs || boots.Any(b => !double.IsFinite(b)))
        {
            return null;
        }

        var medians = new double[Resamples];
        var drawn = new double[boots.Count];
        for (var resample = 0; resample < medians.Length; resample++)
        {
            for (var i = 0; i < drawn.Length; i++)
            {
                drawn[i] = boots[draw(boots.Count)];
            }

            medians[resample] = Middle(drawn);
        }

        var sample = new Sample(medians);
        return new Interval(
            SimpleQuantileEstimator.Instance.Quantile(sample, 0.025), SimpleQuantileEstimator.Instance.Quantile(sample, 0.975));
    }

    // Sorts in place: the bootstrap takes thousands of medians of a handful of values, where an object for each would be most of the work.
    private static double Middle(double[] values)
    {
        Array.Sort(values);
        var half = values.Length / 2;
        return values.Length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }
}
