using Pragmastat;

namespace VirtualBench.Statistics;

/// <summary>A cost ratio of a target to its baseline.</summary>
/// <param name="Value">The estimate; null when no ratio can be formed.</param>
/// <param name="Interval">95 % interval of it; null when the pairs cannot carry one.</param>
/// <param name="Pairs">Blocks that hold both.</param>
/// <param name="Reason">Why there is no estimate or no interval, one line; null when there are both.</param>
public sealed record RatioEstimate(double? Value, Interval? Interval, int Pairs, string? Reason)
{
    /// <summary>The logarithms of the cost ratios within the blocks, in the order given; empty when no ratio can be formed.</summary>
    public IReadOnlyList<double> Logarithms { get; init; } = [];
}

/// <summary>One block's figures: both were measured one soon after the other, so that what disturbed the one likely disturbed the
/// other.</summary>
public readonly record struct Pair(double Target, double Baseline);

/// <summary>
/// The ratio of what runs cost, from blocks that hold target and baseline once each. The logarithms of the ratios within the blocks are
/// the sample: their Hodges-Lehmann median is the estimate, the inverted signed-rank test its interval.
/// </summary>
public static class PairedRatio
{
    /// <param name="pairs">Figures, target and baseline, one pair for each block.</param>
    /// <param name="higherIsBetter">True when the figures are rates: the cost is then their inverse.</param>
    /// <param name="confidence">The nominal level of the interval.</param>
    public static RatioEstimate Estimate(IReadOnlyList<Pair> pairs, bool higherIsBetter, double confidence = 0.95)
    {
        if (pairs.Count == 0)
        {
            return new RatioEstimate(null, null, 0, "no block holds both the target and the baseline");
        }

        // One such pair is not dropped from many: what remained would be a biased choice of the blocks.
        if (pairs.Any(p => !IsUsable(p.Target) || !IsUsable(p.Baseline)))
        {
            return new RatioEstimate(null, null, pairs.Count, "a figure that is zero, negative or not finite has no ratio");
        }

        var logarithms = pairs.Select(p => Math.Log(higherIsBetter ? p.Baseline / p.Target : p.Target / p.Baseline)).ToArray();
        var centre = Math.Exp(Toolkit.Center(new Sample(logarithms)).NominalValue);
        var interval = SignedRank.Invert(logarithms, confidence) is { } bounds
            ? new Interval(Math.Exp(bounds.Low), Math.Exp(bounds.High))
            : (Interval?)null;
        return new RatioEstimate(
            centre, interval, pairs.Count,
            interval is null ? $"{pairs.Count} paired boots are too few for a 95 % interval, which takes {SignedRank.FewestPairs}" : null)
        {
            Logarithms = logarithms,
        };
    }

    private static bool IsUsable(double figure) => double.IsFinite(figure) && figure > 0;
}
