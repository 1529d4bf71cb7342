using System.Collections.Concurrent;
using Perfolizer.Mathematics.Distributions.ContinuousDistributions;
using Perfolizer.Mathematics.Histograms;
using Perfolizer.Mathematics.QuantileEstimators;
using Pragmastat;
using Pragmastat.Metrology;

namespace VirtualBench.Statistics;

/// <summary>
/// Perfolizer's density histogram and its Harrell-Davis quantiles, with the weights kept from one sample to the next: they depend on the
/// sample's size and the probability alone, and working them out anew is nearly all of the work, while the cells of a run have few sizes.
/// </summary>
/// <remarks>
/// Harrell, Davis, "A new distribution-free quantile estimator", Biometrika 69 (1982): the order statistics weighted by the steps of the
/// distribution Beta((n + 1) p, (n + 1) (1 - p)) over the intervals ((i - 1) / n, i / n).
/// </remarks>
internal sealed class HarrellDavis : IQuantileEstimator, IDensityHistogramBuilder
{
    public static readonly HarrellDavis Instance = new();

    // 8 MB at most, in doubles.
    private const int MostKept = 1_000_000;

    private readonly ConcurrentDictionary<(int Size, double Probability), double[]> _weights = new();
    private int _kept;

    public string Alias => HarrellDavisQuantileEstimator.Instance.Alias;

    public bool SupportsWeightedSamples => false;

    public DensityHistogram Build(Sample sample, int binCount) =>
        QuantileRespectfulDensityHistogramBuilder.Instance.Build(sample, binCount, this);

    public Measurement Quantile(Sample sample, Probability probability)
    {
        double p = probability;
        if (p is <= 0 or >= 1)
        {
            return HarrellDavisQuantileEstimator.Instance.Quantile(sample, probability);
        }

        var values = sample.SortedValues;
        var weights = Weights(values.Count, p);
        var quantile = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            quantile += weights[i] * values[i];
        }

        return new Measurement(quantile, sample.Unit);
    }

    private double[] Weights(int size, double probability)
    {
        if (_weights.TryGetValue((size, probability), out var known))
        {
            return known;
        }

        var beta = new BetaDistribution((size + 1) * probability, (size + 1) * (1 - probability));
        var weights = new double[size];
        var below = 0.0;
        for (var i = 0; i < size; i++)
        {
            var through = beta.Cdf((i + 1.0) / size);
            weights[i] = through - below;
            below = through;
        }

        if (Interlocked.Add(ref _kept, size) <= MostKept)
        {
            _weights.TryAdd((size, probability), weights);
        }

        return weights;
    }
}
