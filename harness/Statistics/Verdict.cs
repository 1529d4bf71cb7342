namespace VirtualBench.Statistics;

/// <summary>What the interval of a cost ratio says against a margin that matters in practice.</summary>
public enum Verdict
{
    /// <summary>The interval lies across an edge of the margin, or there is none.</summary>
    Inconclusive,

    /// <summary>The interval lies wholly inside the margin.</summary>
    Equivalent,

    /// <summary>The interval lies wholly beyond the margin: costs less.</summary>
    Better,

    /// <summary>The interval lies wholly beyond the margin: costs more.</summary>
    Worse,

    /// <summary>What the others are compared with.</summary>
    Baseline,
}

/// <summary>Judges cost ratios: 1.10 costs 10 % more than the baseline, whether the figure is a time or a rate.</summary>
public static class Verdicts
{
    /// <param name="ratio">Interval of the cost ratio; null when the data cannot carry one.</param>
    /// <param name="marginPercent">
    /// 5 accepts ratios from 1/1.05 to 1.05: symmetric in logarithms, so that exchanging target and baseline exchanges better and worse.
    /// </param>
    public static Verdict Judge(Interval? ratio, double marginPercent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(marginPercent);
        if (ratio is not { } interval)
        {
            return Verdict.Inconclusive;
        }

        var highest = 1 + (marginPercent / 100);
        var lowest = 1 / highest;
        return interval.Low >= lowest && interval.High <= highest ? Verdict.Equivalent
            : interval.Low > highest ? Verdict.Worse
            : interval.High < lowest ? Verdict.Better
            : Verdict.Inconclusive;
    }

    /// <summary>
    /// Two-sided p-value of the hypothesis that the cost differs by no more than the margin: twice the smaller of the signed-rank test's
    /// p-values against either edge. At 5 % and below exactly when <see cref="Judge"/> says better or worse of the 95 % interval.
    /// </summary>
    /// <param name="logarithms">Of the cost ratios within the blocks.</param>
    public static double PValue(IReadOnlyList<double> logarithms, double marginPercent)
    {
        var edge = Math.Log(1 + (marginPercent / 100));
        return Math.Min(1, 2 * Math.Min(SignedRank.PValueAbove(logarithms, edge), SignedRank.PValueBelow(logarithms, -edge)));
    }
}
