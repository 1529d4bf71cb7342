using Perfolizer.Mathematics.Distributions.ContinuousDistributions;

namespace VirtualBench.Statistics;

/// <summary>
/// The least effect that a paired comparison detects with a given probability: what a result of "no difference" is worth.
/// </summary>
/// <remarks>
/// For the paired t test it is (t_(1-a/2) + t_power) s / sqrt(n) with n-1 degrees of freedom (e.g. M. Bland, "An Introduction to Medical
/// Statistics", chapter 18). Two changes make it one for the signed-rank interval: a is the level that so many pairs really attain, not
/// 5 %, and the effect grows by sqrt(pi/3), the test's efficiency on normal values (Hodges and Lehmann, Annals of Mathematical Statistics
/// 27 (1956), 324-335). Simulated on normal values (20,000 samples each), effects of this size are detected in 79-81 % for 7 to 30 pairs.
/// Six pairs exclude 0 only when all are on one side, for which Phi(d)^6 = power is exact.
/// </remarks>
public static class DetectableEffect
{
    /// <summary>In the unit of the differences; null when so few cannot exclude 0 or have no spread that is a number.</summary>
    /// <param name="differences">The paired differences that were observed; their standard deviation is taken for the true one.</param>
    /// <param name="power">The probability with which the interval is to exclude 0.</param>
    public static double? Of(IReadOnlyList<double> differences, double confidence = 0.95, double power = 0.8)
    {
        var count = differences.Count;
        var level = SignedRank.AttainedLevel(count, confidence);
        if (double.IsNaN(level))
        {
            return null;
        }

        var mean = differences.Average();
        var deviation = Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / (count - 1));
        return double.IsFinite(deviation) ? deviation * Standardised(count, level, power) : null;
    }

    private static double Standardised(int count, double level, double power)
    {
        if (level <= SignedRank.LeastPValue(count))
        {
            return NormalDistribution.Standard.Quantile(Math.Pow(power, 1.0 / count));
        }

        var student = new StudentDistribution(count - 1);
        return (student.Quantile(1 - (level / 2)) + student.Quantile(power)) * Math.Sqrt(Math.PI / (3 * count));
    }
}
