using VirtualBench.Statistics;

namespace VirtualBench.Tests.Statistics;

public class MannKendallTests
{
    // R. O. Gilbert, "Statistical Methods for Environmental Pollution Monitoring" (1987), table A18: one-sided probabilities of S.
    [Theory]
    [InlineData(new double[] { 1, 2, 3, 4 }, 6, 0.042)]
    [InlineData(new double[] { 2, 1, 3, 4 }, 4, 0.167)]
    [InlineData(new double[] { 1, 2, 3, 4, 5 }, 10, 0.0083)]
    [InlineData(new double[] { 1, 2, 3, 5, 4 }, 8, 0.042)]
    [InlineData(new double[] { 2, 1, 3, 5, 4 }, 6, 0.117)]
    [InlineData(new double[] { 1, 2, 3, 4, 5, 6 }, 15, 0.0014)]
    [InlineData(new double[] { 1, 2, 3, 4, 6, 5 }, 13, 0.0083)]
    [InlineData(new double[] { 2, 1, 3, 4, 6, 5 }, 11, 0.028)]
    public void Small_samples_have_the_exact_distribution(double[] values, int score, double oneSided)
    {
        var test = MannKendall.Test(values);
        Assert.Equal(score, test.Score);
        Assert.InRange(test.PValue / 2, oneSided - 0.0005, oneSided + 0.0005);
        Assert.Equal(-score, MannKendall.Test([.. values.Reverse()]).Score);
        Assert.Equal(test.PValue, MannKendall.Test([.. values.Reverse()]).PValue, 12);
    }

    [Fact]
    public void Ties_take_the_normal_distribution_with_the_corrected_variance()
    {
        // S = 5 of (1, 1, 2, 3), variance (4*3*13 - 2*1*9) / 18 = 23/3; z = (5 - 1) / sqrt(23/3) = 1.4446.
        var test = MannKendall.Test([1, 1, 2, 3]);
        Assert.Equal(5, test.Score);
        Assert.Equal(0.1486, test.PValue, 4);
        Assert.Equal(1, MannKendall.Test([7, 7, 7, 7, 7, 7]).PValue);
    }

    [Fact]
    public void The_two_distributions_meet()
    {
        var noise = new Noise(3);
        for (var i = 0; i < 50; i++)
        {
            var values = noise.Normals(MannKendall.MostExact);
            double[] more = [.. values, 0];
            var (exact, normal) = (MannKendall.Test(values), MannKendall.Test(more));

            // One value in the middle more changes little.
            Assert.InRange(normal.PValue - exact.PValue, -0.2, 0.2);
        }
    }

    [Fact]
    public void What_does_not_drift_is_called_drifting_no_more_often_than_the_level()
    {
        var noise = new Noise(11);
        var called = Enumerable.Range(0, 4000).Count(_ => MannKendall.Test(noise.Normals(10)).PValue <= 0.05);
        Assert.InRange(called, 100, 240);
    }
}
