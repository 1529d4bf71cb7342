using VirtualBench.Statistics;

namespace VirtualBench.Tests.Statistics;

public class SignedRankTests
{
    // Counts of the subsets of {1..n} with a sum of at most w, as tabulated in every textbook (e.g. 14 of 512 for w = 6, n = 9).
    [Theory]
    [InlineData(5, 0, 1.0 / 32)]
    [InlineData(6, 0, 1.0 / 64)]
    [InlineData(6, 1, 2.0 / 64)]
    [InlineData(9, 5, 10.0 / 512)]
    [InlineData(9, 6, 14.0 / 512)]
    [InlineData(10, 8, 25.0 / 1024)]
    [InlineData(10, 9, 33.0 / 1024)]
    [InlineData(10, -1, 0)]
    [InlineData(10, 55, 1)]
    [InlineData(10, 1000, 1)]
    public void The_null_distribution_is_the_exact_one(int pairs, int w, double probability) =>
        Assert.Equal(probability, SignedRank.CumulativeProbability(w, pairs), 12);

    [Fact]
    public void The_null_distribution_is_symmetric_and_normal_for_many_pairs()
    {
        const int Pairs = 200;
        var sums = Pairs * (Pairs + 1) / 2;
        Assert.Equal(1 - SignedRank.CumulativeProbability(sums - 8001, Pairs), SignedRank.CumulativeProbability(8000, Pairs), 10);

        // Mean 10050, standard deviation sqrt(n (n+1) (2n+1) / 24) = 819.6; one of them below the mean is 15.87 %.
        Assert.Equal(0.1587, SignedRank.CumulativeProbability(10050 - 820, Pairs), 3);
    }

    // Hollander and Wolfe, depression scale factors of nine patients; R: wilcox.test(y, x, paired = TRUE, conf.int = TRUE)
    // gives -0.46 and [-0.786, -0.010].
    [Fact]
    public void The_interval_of_the_depression_data_is_that_of_the_literature()
    {
        double[] before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
        double[] after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
        var interval = SignedRank.Invert([.. after.Zip(before, (a, b) => a - b)]);
        Assert.NotNull(interval);
        Assert.Equal(-0.786, interval.Value.Low, 9);
        Assert.Equal(-0.010, interval.Value.High, 9);
    }

    [Fact]
    public void Six_values_are_the_fewest_and_give_their_range()
    {
        Assert.Null(SignedRank.Invert([1, 2, 3, 4, 5]));
        Assert.Null(SignedRank.Invert([]));
        Assert.Equal(new Interval(1, 6), SignedRank.Invert([6, 1, 3, 2, 5, 4]));
        Assert.Equal(6, SignedRank.FewestPairs);
    }

    [Fact]
    public void Confidence_of_less_needs_fewer_values() => Assert.Equal(new Interval(1, 5), SignedRank.Invert([1, 2, 3, 4, 5], 0.90));

    [Fact]
    public void The_p_value_falls_below_its_half_of_the_level_exactly_when_the_interval_leaves_the_shift()
    {
        var noise = new Noise(29);
        for (var run = 0; run < 500; run++)
        {
            var values = noise.Normals(6 + (run % 7));
            var shift = noise.Normal();
            var interval = SignedRank.Invert(values)!.Value;
            Assert.Equal(interval.Low > shift, SignedRank.PValueAbove(values, shift) <= 0.025);
            Assert.Equal(interval.High < shift, SignedRank.PValueBelow(values, shift) <= 0.025);
        }
    }

    // R: wilcox.test(x, y, paired = TRUE, alternative = "greater") of the depression data gives V = 40, p = 0.01953.
    [Fact]
    public void The_p_value_of_the_depression_data_is_that_of_R()
    {
        double[] before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
        double[] after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
        double[] fall = [.. before.Zip(after, (b, a) => b - a)];
        Assert.Equal(0.01953, SignedRank.PValueAbove(fall, 0), 5);
        Assert.Equal(0.01953, SignedRank.PValueBelow([.. fall.Select(d => -d)], 0), 5);
        Assert.Equal(1.0 / 32, SignedRank.LeastPValue(6), 12);
        Assert.Equal(50.0 / 1024, SignedRank.AttainedLevel(10), 12);
        Assert.True(double.IsNaN(SignedRank.AttainedLevel(5)));
    }

    [Fact]
    public void Values_equal_to_the_shift_and_no_values_reject_nothing()
    {
        Assert.Equal(1, SignedRank.PValueAbove([1, 1, 1, 1, 1, 1], 1));
        Assert.Equal(1, SignedRank.PValueBelow([1, 1, 1, 1, 1, 1], 1));
        Assert.Equal(1, SignedRank.PValueAbove([], 0));
    }
}
