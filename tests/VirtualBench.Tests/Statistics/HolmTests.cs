using VirtualBench.Statistics;

namespace VirtualBench.Tests.Statistics;

public class HolmTests
{
    // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") and p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm").
    [Theory]
    [InlineData(new[] { 0.01, 0.04, 0.03, 0.005 }, new[] { 0.03, 0.06, 0.06, 0.02 })]
    [InlineData(new[] { 0.01, 0.02, 0.03, 0.04, 0.05 }, new[] { 0.05, 0.08, 0.09, 0.09, 0.09 })]
    [InlineData(new[] { 0.5, 0.6, 0.7 }, new[] { 1.0, 1.0, 1.0 })]
    [InlineData(new[] { 0.02 }, new[] { 0.02 })]
    [InlineData(new double[0], new double[0])]
    public void Adjusted_values_are_those_of_R(double[] pValues, double[] adjusted) =>
        Assert.Equal(adjusted, Holm.Adjust(pValues), (a, b) => Math.Abs(a - b) < 1e-12);

    // 2 / 2^n, times the family, at most 0.05.
    [Theory]
    [InlineData(1, 6)]
    [InlineData(2, 7)]
    [InlineData(25, 10)]
    [InlineData(26, 11)]
    [InlineData(42, 11)]
    public void A_family_needs_more_blocks_the_larger_it_is(int comparisons, int pairs) =>
        Assert.Equal(pairs, Holm.FewestPairs(comparisons));

    [Fact]
    public void No_more_than_a_twentieth_of_families_that_hold_is_called_different_anywhere()
    {
        // Ten comparisons against one baseline, which makes them depend on each other; ten blocks, a margin that noise dwarfs.
        var noise = new Noise(20261125);
        var wrong = 0;
        const int Families = 1000;
        for (var family = 0; family < Families; family++)
        {
            var baseline = noise.Normals(10);
            var pValues = Enumerable.Range(0, 10)
                .Select(_ => Verdicts.PValue([.. noise.Normals(10).Zip(baseline, (a, b) => a - b)], 1)).ToList();
            wrong += Holm.Adjust(pValues).Any(p => p <= 0.05) ? 1 : 0;
        }

        Assert.InRange(wrong, 0, Families / 20);
    }
}
