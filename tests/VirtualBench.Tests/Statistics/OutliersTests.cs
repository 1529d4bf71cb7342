using VirtualBench.Statistics;

namespace VirtualBench.Tests.Statistics;

public class OutliersTests
{
    [Fact]
    public void What_is_beyond_the_fences_is_marked_by_its_place() =>
        Assert.Equal([2, 5], Outliers.Find([10, 11, 90, 12, 13, -70, 11.5, 12.5, 10.5, 11.2]));

    [Fact]
    public void A_constant_few_values_and_what_is_no_number_have_none()
    {
        Assert.Empty(Outliers.Find([4, 4, 4, 4, 4, 4, 4]));
        Assert.Empty(Outliers.Find([1, 1, 1, 1, 900]));
        Assert.Empty(Outliers.Find([1, 2, 3, 4, 5, 6, double.PositiveInfinity]));
    }
}
