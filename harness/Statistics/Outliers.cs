using Perfolizer.Mathematics.OutlierDetection;

namespace VirtualBench.Statistics;

/// <summary>
/// Finds values that stand apart, by Tukey's fences (1.5 interquartile ranges beyond the quartiles). They are marked and never removed:
/// what disturbs a machine now and then is part of what it costs, and an estimate of medians bears it.
/// </summary>
public static class Outliers
{
    /// <summary>Fewer have no quartiles worth the name.</summary>
    public const int FewestValues = 6;

    /// <summary>Indices of the values outside the fences, ascending; none for too few values.</summary>
    public static IReadOnlyList<int> Find(IReadOnlyList<double> values)
    {
        if (values.Count < FewestValues || values.Any(v => !double.IsFinite(v)))
        {
            return [];
        }

        var fences = TukeyOutlierDetector.Create(values);
        return [.. Enumerable.Range(0, values.Count).Where(i => fences.IsOutlier(values[i]))];
    }
}
