using Perfolizer.Mathematics.SignificanceTesting.MannWhitney;
using Pragmastat;

namespace VirtualBench.Statistics;

/// <summary>
/// The cost ratio of two samples that were not taken side by side, such as the boots of two runs: the Hodges-Lehmann shift of their
/// logarithms, its interval the inversion of the Mann-Whitney test.
/// </summary>
/// <remarks>
/// Distribution-free, and exact at small numbers: the interval is made of the differences of all pairs, as Hollander, Wolfe and Chicken,
/// "Nonparametric Statistical Methods", 3rd edition, section 4.3 give it. It covers what varies between boots of a run; that a host may
/// drift between two runs is in no interval that two runs can give.
/// </remarks>
public static class UnpairedRatio
{
    // Beyond this Perfolizer's exact distribution leaves its numbers' range; its approximation errs by less than 1e-5 there.
    private const int MostForExact = 60;

    /// <param name="target">Figures, one for each boot.</param>
    /// <param name="baseline">Figures of what it is compared with.</param>
    /// <param name="higherIsBetter">True when the figures are rates: the cost is then their inverse.</param>
    public static RatioEstimate Estimate(IReadOnlyList<double> target, IReadOnlyList<double> baseline, bool higherIsBetter)
    {
        var smaller = Math.Min(target.Count, baseline.Count);
        if (smaller == 0)
        {
            return new RatioEstimate(null, null, 0, "one of the two has no boot");
        }

        if (target.Concat(baseline).Any(f => !double.IsFinite(f) || f <= 0))
        {
            return new RatioEstimate(null, null, smaller, "a figure that is zero, negative or not finite has no ratio");
        }

        var sign = higherIsBetter ? -1 : 1;
        double[] of = [.. target.Select(f => sign * Math.Log(f))];
        double[] against = [.. baseline.Select(f => sign * Math.Log(f))];
        var centre = Math.Exp(Toolkit.Shift(new Sample(of), new Sample(against)).NominalValue);
        return Invert(of, against) is { } bounds
            ? new RatioEstimate(centre, new Interval(Math.Exp(bounds.Low), Math.Exp(bounds.High)), smaller, null)
            : new RatioEstimate(centre, null, smaller,
                FormattableString.Invariant($"{target.Count} and {baseline.Count} boots are too few for a 95 % interval; it takes 4 and 4"));
    }

    /// <summary>The interval that covers the shift with at least the given confidence; null when so few values cannot carry it.</summary>
    internal static Interval? Invert(double[] of, double[] against, double confidence = 0.95)
    {
        var pairs = of.Length * against.Length;
        IMannWhitneyCdf distribution = of.Length + against.Length <= MostForExact
            ? MannWhitneyLoefflerExactCdf.Instance
            : MannWhitneyEdgeworthApproxCdf.Instance;
        var tail = (1 - confidence) / 2;

        // Perfolizer's is P(U < u): the largest rank whose tail the test still rejects, counted from 1; none when that is 0.
        var (rank, above) = (0, (pairs / 2) + 1);
        while (above - rank > 1)
        {
            var middle = (rank + above) / 2;
            (rank, above) = distribution.Cdf(of.Length, against.Length, middle) <= tail ? (middle, above) : (rank, middle);
        }

        if (rank == 0)
        {
            return null;
        }

        var differences = of.SelectMany(x => against.Select(y => x - y)).Order().ToArray();
        return new Interval(differences[rank - 1], differences[^rank]);
    }
}
