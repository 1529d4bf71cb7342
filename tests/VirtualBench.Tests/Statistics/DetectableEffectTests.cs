using VirtualBench.Statistics;

namespace VirtualBench.Tests.Statistics;

public class DetectableEffectTests
{
    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(20)]
    public void An_effect_of_that_size_is_detected_in_eighty_of_a_hundred(int pairs)
    {
        // Differences with a standard deviation of exactly 1, so that the effect is that of the true spread.
        var unit = Standardised(pairs);
        var effect = DetectableEffect.Of(unit)!.Value;
        var noise = new Noise(23);
        const int Runs = 3000;
        var detected = Enumerable.Range(0, Runs)
            .Count(_ => SignedRank.Invert([.. noise.Normals(pairs).Select(n => n + effect)])!.Value.Low > 0);
        Assert.InRange((double)detected / Runs, 0.77, 0.83);
    }

    [Fact]
    public void It_grows_with_the_spread_and_falls_with_the_number()
    {
        double[] differences = Standardised(10);
        var effect = DetectableEffect.Of(differences)!.Value;
        Assert.Equal(3 * effect, DetectableEffect.Of([.. differences.Select(d => 3 * d)])!.Value, 10);
        Assert.InRange(DetectableEffect.Of(Standardised(40))!.Value, 0.4 * effect, 0.5 * effect);
        Assert.Equal(0, DetectableEffect.Of([2, 2, 2, 2, 2, 2])!.Value);
    }

    [Fact]
    public void Too_few_pairs_detect_nothing() => Assert.Null(DetectableEffect.Of([1, 2, 3, 4, 5]));

    private static double[] Standardised(int count)
    {
        var values = Enumerable.Range(0, count).Select(i => i - ((count - 1) / 2.0)).ToArray();
        var deviation = Math.Sqrt(values.Sum(v => v * v) / (count - 1));
        return [.. values.Select(v => v / deviation)];
    }
}
