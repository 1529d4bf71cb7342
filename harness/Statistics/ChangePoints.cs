using Perfolizer.Mathematics.Cpd;

namespace VirtualBench.Statistics;

/// <summary>Where a series of figures changes its level: ED-PELT (Haynes, Fearnhead and Eckley, 2017), as Perfolizer has it.</summary>
public static class ChangePoints
{
    /// <summary>So many values at least stand on each side of a change: fewer cannot be told from an outlier.</summary>
    public const int FewestOnASide = 3;

    /// <summary>
    /// Indices of the first value after each change; none for series that are too short to tell. ED-PELT says whether and about where; in
    /// short series it may be a value or two off, so the exact place is the split nearby that leaves the least absolute deviation.
    /// </summary>
    public static IReadOnlyList<int> Of(IReadOnlyList<double> values)
    {
        if (values.Count < 2 * FewestOnASide || values.Any(v => !double.IsFinite(v)) || values.Distinct().Count() == 1)
        {
            return [];
        }

        int[] found = [.. EdPeltChangePointDetector.Instance.GetChangePointIndexes([.. values], FewestOnASide).Select(last => last + 1)];
        for (var i = 0; i < found.Length; i++)
        {
            var begin = i == 0 ? 0 : found[i - 1];
            var end = i + 1 < found.Length ? found[i + 1] : values.Count;
            var candidates = Enumerable.Range(found[i] - FewestOnASide + 1, (2 * FewestOnASide) - 1)
                .Where(c => c - begin >= FewestOnASide && end - c >= FewestOnASide);
            found[i] = candidates.DefaultIfEmpty(found[i])
                .MinBy(c => Deviation(values.Skip(begin).Take(c - begin)) + Deviation(values.Skip(c).Take(end - c)));
        }

        return found;
    }

    private static double Deviation(IEnumerable<double> values)
    {
        var median = BootMedian.Of(values);
        return values.Sum(v => Math.Abs(v - median));
    }
}
