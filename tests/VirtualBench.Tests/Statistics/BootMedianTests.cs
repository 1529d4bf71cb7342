using VirtualBench.Plan;
using VirtualBench.Statistics;

namespace VirtualBench.Tests.Statistics;

public class BootMedianTests
{
    [Fact]
    public void The_median_is_the_middle_one_or_between_the_two_in_the_middle()
    {
        Assert.Equal(2, BootMedian.Of([3, 1, 2]));
        Assert.Equal(2.5, BootMedian.Of([4, 1, 2, 3]));
        Assert.Equal(5, BootMedian.Of([5]));
        Assert.True(double.IsNaN(BootMedian.Of([])));
        Assert.True(double.IsNaN(BootMedian.Of([1, double.NaN, 3])));
    }

    [Fact]
    public void The_median_leaves_its_argument_as_it_was()
    {
        double[] values = [3, 1, 2];
        BootMedian.Of(values);
        Assert.Equal([3, 1, 2], values);
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval_and_another_seed_may_not()
    {
        double[] boots = [10.3, 11.9, 10.1, 12.4, 10.8, 11.1, 13.0];
        Assert.Equal(Interval(boots, 5), Interval(boots, 5));
        Assert.InRange(BootMedian.Of(boots), Interval(boots, 5)!.Value.Low, Interval(boots, 5)!.Value.High);
        Assert.InRange(Interval(boots, 5)!.Value.Low, 10.1, 11.1);
        Assert.InRange(Interval(boots, 5)!.Value.High, 11.1, 13.0);
    }

    [Fact]
    public void An_interval_is_the_same_to_the_digit_on_every_machine_and_in_every_release() => Assert.Equal(
        new Interval(10.3, 12.4), Interval([10.3, 11.9, 10.1, 12.4, 10.8, 11.1, 13.0], 5));

    [Fact]
    public void A_constant_sample_has_no_width() => Assert.Equal(new Interval(7, 7), Interval([7, 7, 7, 7, 7, 7], 1));

    [Fact]
    public void Fewer_than_six_boots_and_figures_that_are_not_finite_carry_none()
    {
        Assert.Null(Interval([1, 2, 3, 4, 5], 1));
        Assert.Null(Interval([1, 2, 3, 4, 5, double.NaN], 1));
        Assert.Null(Interval([1, 2, 3, 4, 5, double.PositiveInfinity], 1));
    }

    [Fact]
    public void It_covers_the_true_median_about_as_often_as_it_says()
    {
        var random = new SplitMix64(99);
        var covered = 0;
        for (var campaign = 0; campaign < 400; campaign++)
        {
            var boots = new double[12];
            for (var i = 0; i < boots.Length; i++)
            {
                boots[i] = 100 + random.Below(2001) - 1000;
            }

            covered += Interval(boots, (ulong)campaign)!.Value.Contains(100) ? 1 : 0;
        }

        // A percentile bootstrap of a dozen is known to fall a little short of 95 %: it describes, verdicts come from the signed-rank test.
        Assert.InRange(covered, 0.86 * 400, 400);
    }

    private static Interval? Interval(double[] boots, ulong seed)
    {
        var random = new SplitMix64(seed);
        return BootMedian.Bootstrap(boots, bound => random.Below(bound));
    }
}
