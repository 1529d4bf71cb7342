using VirtualBench.Plan;
using VirtualBench.Statistics;

namespace VirtualBench.Tests.Statistics;

public class PairedRatioTests
{
    [Fact]
    public void The_ratio_is_the_Hodges_Lehmann_median_of_the_block_ratios()
    {
        // exp of the depression data's differences: the estimate must be exp(-0.46), the interval exp of the literature's.
        double[] before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
        double[] after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
        var estimate = PairedRatio.Estimate([.. after.Zip(before, (a, b) => new Pair(Math.Exp(a), Math.Exp(b)))], higherIsBetter: false);
        Assert.Equal(Math.Exp(-0.46), estimate.Value!.Value, 9);
        Assert.Equal(Math.Exp(-0.786), estimate.Interval!.Value.Low, 9);
        Assert.Equal(Math.Exp(-0.010), estimate.Interval!.Value.High, 9);
        Assert.Equal(9, estimate.Pairs);
        Assert.Null(estimate.Reason);
    }

    [Fact]
    public void A_rate_that_halves_costs_twice_the_time()
    {
        var pairs = Enumerable.Range(1, 6).Select(i => new Pair(50 * i, 100 * i)).ToArray();
        Assert.Equal(2, PairedRatio.Estimate(pairs, higherIsBetter: true).Value!.Value, 12);
        Assert.Equal(0.5, PairedRatio.Estimate(pairs, higherIsBetter: false).Value!.Value, 12);
    }

    [Fact]
    public void Drift_that_falls_on_both_cancels()
    {
        var pairs = Enumerable.Range(0, 8).Select(i => new Pair(1.1 * (100 + (40 * i)), 100 + (40 * i))).ToArray();
        var estimate = PairedRatio.Estimate(pairs, higherIsBetter: false);
        Assert.Equal(1.1, estimate.Value!.Value, 12);
        Assert.Equal(1.1, estimate.Interval!.Value.Low, 12);
        Assert.Equal(1.1, estimate.Interval!.Value.High, 12);
    }

    [Fact]
    public void A_constant_sample_has_an_interval_without_width()
    {
        var estimate = PairedRatio.Estimate([.. Enumerable.Repeat(new Pair(7, 7), 10)], false);
        Assert.Equal(1, estimate.Value);
        Assert.Equal(new Interval(1, 1), estimate.Interval);
        Assert.Equal(Verdict.Equivalent, Verdicts.Judge(estimate.Interval, 0));
    }

    [Fact]
    public void Five_blocks_carry_an_estimate_but_no_interval_and_say_so()
    {
        var estimate = PairedRatio.Estimate([.. Enumerable.Repeat(new Pair(2, 1), 5)], false);
        Assert.Equal(2, estimate.Value!.Value, 12);
        Assert.Null(estimate.Interval);
        Assert.Equal("5 paired boots are too few for a 95 % interval, which takes 6", estimate.Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void One_figure_without_a_logarithm_leaves_no_ratio(double figure)
    {
        Pair[] pairs = [.. Enumerable.Repeat(new Pair(2, 1), 9), new Pair(figure, 1)];
        var estimate = PairedRatio.Estimate(pairs, false);
        Assert.Null(estimate.Value);
        Assert.Null(estimate.Interval);
        Assert.NotNull(estimate.Reason);
        Assert.Null(PairedRatio.Estimate([.. pairs.Select(p => new Pair(p.Baseline, p.Target))], false).Value);
    }

    [Fact]
    public void No_pairs_no_ratio() => Assert.NotNull(PairedRatio.Estimate([], true).Reason);

    public enum Noise
    {
        Normal,
        LogNormal,
        Bimodal,
        HeavyTailed,
    }

    // 2000 campaigns of ten blocks: the binomial standard error of a coverage of 0.95 is 0.005. The exact test covers 0.951 at ten.
    [Theory]
    [InlineData(Noise.Normal, 10)]
    [InlineData(Noise.LogNormal, 10)]
    [InlineData(Noise.Bimodal, 10)]
    [InlineData(Noise.HeavyTailed, 10)]
    [InlineData(Noise.Normal, 6)]
    [InlineData(Noise.HeavyTailed, 12)]
    public void The_interval_covers_the_true_ratio(Noise noise, int blocks)
    {
        var random = new SplitMix64(20261123);
        const int Campaigns = 2000;
        const double Truth = 1.07;
        var covered = 0;
        for (var campaign = 0; campaign < Campaigns; campaign++)
        {
            var pairs = new Pair[blocks];
            for (var block = 0; block < blocks; block++)
            {
                var drift = Math.Exp(0.3 * Normal(ref random));
                pairs[block] = new Pair(Truth * drift * Math.Exp(Draw(noise, ref random)), drift * Math.Exp(Draw(noise, ref random)));
            }

            covered += PairedRatio.Estimate(pairs, false).Interval!.Value.Contains(Truth) ? 1 : 0;
        }

        Assert.InRange((double)covered / Campaigns, 0.935, 0.985);
    }

    [Fact]
    public void A_slowdown_of_three_percent_at_one_percent_of_noise_is_called_worse_than_a_margin_of_one()
    {
        var random = new SplitMix64(7);
        var worse = 0;
        var wrong = 0;
        for (var campaign = 0; campaign < 500; campaign++)
        {
            var pairs = new Pair[10];
            for (var block = 0; block < pairs.Length; block++)
            {
                pairs[block] = new Pair(103 * Math.Exp(0.01 * Normal(ref random)), 100 * Math.Exp(0.01 * Normal(ref random)));
            }

            var verdict = Verdicts.Judge(PairedRatio.Estimate(pairs, false).Interval, 1);
            worse += verdict == Verdict.Worse ? 1 : 0;
            wrong += verdict is Verdict.Better or Verdict.Equivalent ? 1 : 0;
        }

        Assert.InRange(worse, 450, 500);
        Assert.InRange(wrong, 0, 5);
    }

    private static double Draw(Noise noise, ref SplitMix64 random) => noise switch
    {
        Noise.Normal => 0.01 * Normal(ref random),
        Noise.LogNormal => 0.02 * Math.Exp(Normal(ref random)),
        Noise.Bimodal => (Uniform(ref random) < 0.3 ? 0.08 : 0) + (0.005 * Normal(ref random)),
        _ => 0.001 * Math.Tan(Math.PI * (Uniform(ref random) - 0.5)),
    };

    private static double Uniform(ref SplitMix64 random) => ((random.Next() >> 11) + 0.5) / (1UL << 53);

    // Box and Muller.
    private static double Normal(ref SplitMix64 random) =>
        Math.Sqrt(-2 * Math.Log(Uniform(ref random))) * Math.Cos(2 * Math.PI * Uniform(ref random));
}
