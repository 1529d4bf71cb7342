using VirtualBench.Statistics;

namespace VirtualBench.Tests.Statistics;

public class PettittTests
{
    // Annual flow of the Nile at Aswan, 1871 to 1970, 10^8 m^3 (R: datasets::Nile). The change after 1898 is the standard example:
    // G. W. Cobb, "The problem of the Nile", Biometrika 65 (1978), 243-251.
    private static readonly double[] Nile =
    [
        1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100, 1210, 1150,
        1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100,
        832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812,
        742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718,
        714, 740,
    ];

    [Fact]
    public void The_Nile_changed_after_1898()
    {
        var change = Pettitt.Test(Nile);
        Assert.Equal(1899 - 1871, change.First);
        Assert.InRange(change.PValue, 0, 1e-5);
    }

    [Fact]
    public void Ten_values_that_split_in_the_middle_are_two_of_the_252_choices()
    {
        var change = Pettitt.Test([3, 1, 5, 2, 4, 9, 8, 6, 10, 7]);
        Assert.Equal(5, change.First);
        Assert.Equal(2.0 / 252, change.PValue, 12);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void The_distribution_is_that_of_all_orders(int count)
    {
        var orders = Permutations([.. Enumerable.Range(1, count).Select(i => (double)i)]).ToList();
        var scores = orders.Select(Score).ToList();
        for (var k = 0; k <= count * count / 4; k++)
        {
            Assert.Equal((double)scores.Count(s => s >= k) / orders.Count, Pettitt.PValue(k, count), 12);
        }
    }

    [Fact]
    public void The_approximation_for_more_values_errs_on_the_quiet_side()
    {
        var noise = new Noise(5);
        var called = Enumerable.Range(0, 2000).Count(_ => Pettitt.Test(noise.Normals(Pettitt.MostExact + 1)).PValue <= 0.05);
        Assert.InRange(called, 1, 100);
    }

    [Fact]
    public void A_level_has_no_change() => Assert.Equal(1, Pettitt.Test([7, 7, 7, 7, 7, 7, 7]).PValue);

    // By definition: the sum of signs over all pairs that a split separates.
    private static int Score(double[] values) => Enumerable.Range(1, values.Length - 1).Max(t =>
        Math.Abs(values[..t].Sum(early => values[t..].Sum(late => Math.Sign(early - late)))));

    private static IEnumerable<double[]> Permutations(double[] values) => values.Length <= 1 ? [values]
        : values.SelectMany((first, i) => Permutations([.. values[..i], .. values[(i + 1)..]]).Select(rest => (double[])[first, .. rest]));
}
