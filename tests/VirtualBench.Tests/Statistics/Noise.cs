using VirtualBench.Plan;

namespace VirtualBench.Tests.Statistics;

/// <summary>Random numbers that are the same for ever.</summary>
internal sealed class Noise(ulong seed)
{
    private SplitMix64 _random = new(seed);

    public double Uniform() => ((_random.Next() >> 11) + 0.5) / (1UL << 53);

    // Box and Muller.
    public double Normal() => Math.Sqrt(-2 * Math.Log(Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    public double[] Normals(int count) => [.. Enumerable.Range(0, count).Select(_ => Normal())];
}
