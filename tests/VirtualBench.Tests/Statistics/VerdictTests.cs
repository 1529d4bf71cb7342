using VirtualBench.Statistics;

namespace VirtualBench.Tests.Statistics;

public class VerdictTests
{
    [Theory]
    [InlineData(0.99, 1.02, Verdict.Equivalent)]
    [InlineData(1 / 1.05, 1.05, Verdict.Equivalent)]
    [InlineData(1.051, 1.2, Verdict.Worse)]
    [InlineData(0.5, 0.95, Verdict.Better)]
    [InlineData(1.01, 1.06, Verdict.Inconclusive)]
    [InlineData(0.5, 2.0, Verdict.Inconclusive)]
    [InlineData(1.05, 1.2, Verdict.Inconclusive)]
    public void The_interval_is_held_against_the_margin(double low, double high, Verdict verdict)
    {
        Assert.Equal(verdict, Verdicts.Judge(new Interval(low, high), 5));
        var exchanged = verdict switch { Verdict.Better => Verdict.Worse, Verdict.Worse => Verdict.Better, _ => verdict };
        Assert.Equal(exchanged, Verdicts.Judge(new Interval(1 / high, 1 / low), 5));
    }

    [Fact]
    public void Without_an_interval_nothing_is_concluded() => Assert.Equal(Verdict.Inconclusive, Verdicts.Judge(null, 5));

    [Fact]
    public void NaN_concludes_nothing() => Assert.Equal(Verdict.Inconclusive, Verdicts.Judge(new Interval(double.NaN, double.NaN), 5));

    [Fact]
    public void A_negative_margin_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Verdicts.Judge(new Interval(1, 1), -1));
}
