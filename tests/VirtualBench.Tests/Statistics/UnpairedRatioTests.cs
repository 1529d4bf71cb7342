using VirtualBench.Statistics;

namespace VirtualBench.Tests.Statistics;

public class UnpairedRatioTests
{
    [Fact]
    public void The_estimate_is_the_median_of_all_pairwise_ratios_and_the_interval_leaves_out_those_that_the_test_rejects()
    {
        double[] after = [11, 12, 13, 14.5, 15, 17];
        double[] before = [8, 9, 9.5, 10, 10.2, 12.5];
        var ratios = after.SelectMany(a => before.Select(b => a / b)).Order().ToArray();
        var estimate = UnpairedRatio.Estimate(after, before, higherIsBetter: false);
        Assert.Equal(Math.Sqrt(ratios[17] * ratios[18]), estimate.Value!.Value, 9);

        // Of six and six, P(U <= 5) = 19/924 = 0.0206 and P(U <= 6) = 0.0325: the sixth from each end bounds the interval.
        Assert.Equal(ratios[5], estimate.Interval!.Value.Low, 9);
        Assert.Equal(ratios[30], estimate.Interval.Value.High, 9);
    }

    [Fact]
    public void A_rate_costs_the_inverse()
    {
        var estimate = UnpairedRatio.Estimate([50, 50.5, 51, 49], [100, 101, 102, 98], higherIsBetter: true);
        Assert.Equal(2, estimate.Value!.Value, 2);
        Assert.True(estimate.Interval!.Value.Contains(2));
    }

    [Theory]
    [InlineData(3, 4, false)]
    [InlineData(4, 4, true)]
    [InlineData(3, 5, true)]
    public void So_few_boots_as_cannot_carry_95_percent_have_no_interval(int after, int before, bool hasInterval)
    {
        static double[] Rising(int count, double from) => [.. Enumerable.Range(1, count).Select(i => from + i)];
        var estimate = UnpairedRatio.Estimate(Rising(after, 10), Rising(before, 9), false);
        Assert.NotNull(estimate.Value);
        Assert.Equal(hasInterval, estimate.Interval is not null);
        Assert.Equal(!hasInterval, estimate.Reason is not null);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void What_has_no_logarithm_has_no_ratio(double figure)
    {
        var estimate = UnpairedRatio.Estimate([1, figure, 2, 3], [1, 2, 3, 4], false);
        Assert.Null(estimate.Value);
        Assert.NotNull(estimate.Reason);
    }

    // Two thousand pairs of runs whose boots come from one distribution: at most 5 % of intervals may miss 1, with room for chance.
    [Theory]
    [InlineData(6, 6)]
    [InlineData(10, 6)]
    [InlineData(40, 40)]
    public void It_covers_no_change_in_95_percent(int after, int before)
    {
        var random = new Random(7);
        double Draw() =>
            Math.Exp((random.NextDouble() + random.NextDouble() + random.NextDouble()) * 0.1) * (random.Next(10) == 0 ? 1.3 : 1);
        var missed = 0;
        for (var run = 0; run < 2000; run++)
        {
            double[] a = [.. Enumerable.Range(0, after).Select(_ => Draw())];
            double[] b = [.. Enumerable.Range(0, before).Select(_ => Draw())];
            missed += UnpairedRatio.Estimate(a, b, false).Interval!.Value.Contains(1) ? 0 : 1;
        }

        Assert.InRange(missed / 2000.0, 0.01, 0.055);
    }
}
