using Perfolizer.Mathematics.QuantileEstimators;
using Pragmastat;
using VirtualBench.Statistics;

namespace VirtualBench.Tests.Statistics;

public class HarrellDavisTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(450)]
    public void Kept_weights_give_Perfolizers_quantiles(int size)
    {
        var noise = new Noise(19);
        var ours = new HarrellDavis();
        for (var round = 0; round < 3; round++)
        {
            var sample = new Sample(noise.Normals(size));
            for (var p = 0; p <= 10; p++)
            {
                double expected = HarrellDavisQuantileEstimator.Instance.Quantile(sample, p / 10.0);
                Assert.Equal(expected, ours.Quantile(sample, p / 10.0), 6);
            }
        }
    }
}
