using VirtualBench.Statistics;

namespace VirtualBench.Tests.Statistics;

public class ProportionTests
{
    // R: binom.test(x, n)$conf.int
    [Theory]
    [InlineData(0, 20, 0, 0.1684)]
    [InlineData(20, 20, 0.8316, 1)]
    [InlineData(10, 20, 0.2720, 0.7280)]
    [InlineData(5, 100, 0.0164, 0.1128)]
    [InlineData(0, 0, 0, 1)]
    public void The_interval_is_the_exact_one(int successes, int tries, double low, double high)
    {
        var interval = Proportion.Interval(successes, tries);
        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }
}
