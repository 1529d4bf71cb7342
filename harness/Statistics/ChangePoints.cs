using Perfolizer.Mathematics.Cpd;

namespace VirtualBench.Statistics;

/// <summary>Where a series of figures changes its level: ED-PELT (Haynes, Fearnhead and Eckley, 2017), as Perfolizer has it.</summary>
public static class ChangePoints
{
    /// <summary>So many values at least stand on each side of a change: fewer cannot be told from an outlier.</summary>
    public const int FewestOnASide = 3;

    /// <summary>Indices of the first value after each change; none for series that are too short to tell.</summary>
    public static IReadOnlyList<int> Of(IReadOnlyList<double> values) =>
        values.Count < 2 * FewestOnASide || values.Any(v => !double.IsFinite(v)) || values.Distinct().Count() == 1 ? []
            : [.. EdPeltChangePointDetector.Instance.GetChangePointIndexes([.. values], FewestOnASide).Select(last => last + 1)];
}
