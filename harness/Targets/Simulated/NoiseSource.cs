using VirtualBench.Plan;

namespace VirtualBench.Targets.Simulated;

/// <summary>Draws from the distributions of <see cref="NoiseShape"/>; the same seed gives the same numbers for ever.</summary>
internal sealed class NoiseSource(ulong seed)
{
    private SplitMix64 _random = new(seed);

    /// <summary>In (0, 1).</summary>
    public double Uniform() => ((_random.Next() >> 11) + 0.5) / (1UL << 53);

    /// <summary>A factor on a time.</summary>
    public double Factor(Noise noise)
    {
        var scale = noise.Percent / 100;
        return scale == 0 ? 1 : Math.Exp(scale * noise.Shape switch
        {
            NoiseShape.Normal => Normal(),
            NoiseShape.LogNormal => Math.Exp(Normal()),
            NoiseShape.Bimodal => (Uniform() < 0.3 ? 8 : 0) + (0.5 * Normal()),
            NoiseShape.Student => Student3(),
            _ => (1 / Math.Sqrt(Uniform())) - 1,
        });
    }

    // G. E. P. Box and M. E. Muller, Annals of Mathematical Statistics 29 (1958), 610-611.
    private double Normal() => Math.Sqrt(-2 * Math.Log(Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    private double Student3()
    {
        var (numerator, a, b, c) = (Normal(), Normal(), Normal(), Normal());
        return numerator / Math.Sqrt(((a * a) + (b * b) + (c * c)) / 3);
    }
}
