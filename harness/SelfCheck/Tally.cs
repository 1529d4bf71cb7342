using VirtualBench.Reports;
using VirtualBench.Statistics;

namespace VirtualBench.SelfCheck;

/// <summary>Counts what was said of comparisons whose truth is known.</summary>
/// <param name="trueRatio">The true cost ratio.</param>
internal sealed class Tally(double trueRatio)
{
    private readonly Dictionary<string, int> _verdicts = [];
    private readonly List<double> _detectable = [];
    private readonly List<double> _ratios = [];
    private int _withInterval;
    private int _covering;
    private int _surviving;
    private int _boots;

    public int Comparisons { get; private set; }

    /// <summary>Adds the verdict on a target; one that has no interval is counted, too.</summary>
    public void Add(ReportResult result)
    {
        Comparisons++;
        _boots += result.Boots;
        _verdicts[result.Verdict] = _verdicts.GetValueOrDefault(result.Verdict) + 1;
        if (result is { RatioCi95: [var low, var high], Ratio: { } ratio })
        {
            _withInterval++;
            _covering += low <= trueRatio && trueRatio <= high ? 1 : 0;
            _ratios.Add(ratio);
        }

        _surviving += result.Holm?.Survives == true ? 1 : 0;
        if (result.MinimumDetectableEffect is { } effect)
        {
            _detectable.Add(effect);
        }
    }

    public SelfCheckCounts Counts() => new(
        trueRatio, Comparisons, Comparisons - _withInterval, Of("worse"), Of("better"), Of("equivalent"), Of("inconclusive"),
        Rate(Of("worse") + Of("better"), Comparisons), Rate(Of("worse"), Comparisons), Rate(_surviving, Comparisons),
        Rate(_covering, _withInterval), Median(_ratios), Median(_detectable), Comparisons == 0 ? 0 : (double)_boots / Comparisons);

    private static double? Median(List<double> values) => values.Count == 0 ? null : BootMedian.Of(values);

    private static SelfCheckRate Rate(int count, int of)
    {
        var interval = Proportion.Interval(count, of);
        return new SelfCheckRate(count, of, of == 0 ? null : (double)count / of, [interval.Low, interval.High]);
    }

    private int Of(string verdict) => _verdicts.GetValueOrDefault(verdict);
}
