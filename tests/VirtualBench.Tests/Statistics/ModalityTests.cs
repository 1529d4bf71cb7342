using VirtualBench.Statistics;

namespace VirtualBench.Tests.Statistics;

public class ModalityTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(100)]
    public void Two_humps_are_found_where_they_are(int count)
    {
        var noise = new Noise(17);
        var found = 0;
        for (var run = 0; run < 100; run++)
        {
            var values = Enumerable.Range(0, count).Select(i => (i % 3 == 0 ? 112 : 100) + noise.Normal()).ToArray();
            if (Modality.Find(values) is [var low, var high])
            {
                found++;
                Assert.InRange(low, 98, 102);
                Assert.InRange(high, 110, 114);
            }
        }

        Assert.InRange(found, 75, 100);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(100)]
    public void One_hump_is_one(int count)
    {
        var noise = new Noise(18);
        Assert.InRange(Enumerable.Range(0, 500).Count(_ => Modality.Find(noise.Normals(count))!.Count > 1), 0, 15);
    }

    [Fact]
    public void A_single_outlier_is_no_hump() => Assert.Equal([103.5], Modality.Find([100, 101, 102, 103, 104, 105, 106, 500])!);

    [Fact]
    public void Too_few_values_and_such_as_are_no_numbers_tell_nothing()
    {
        Assert.Null(Modality.Find([1, 1, 1, 9, 9, 9]));
        Assert.Null(Modality.Find([1, 2, 3, 4, 5, 6, 7, double.NaN]));
        Assert.Equal([5.0], Modality.Find([.. Enumerable.Repeat(5.0, 40)])!);
    }
}
