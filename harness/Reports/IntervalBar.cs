using VirtualBench.Reports.Charts;

namespace VirtualBench.Reports;

/// <summary>
/// Ratios of one probe drawn in a line of text each, all on the same logarithmic scale: <c>  |  [-o--]  </c>, the bar at 1, the interval in
/// brackets.
/// </summary>
internal sealed class IntervalBar
{
    private const int Width = 21;

    private readonly bool _unicode;
    private readonly Scale _scale;

    /// <param name="unicode">Whether lines may be drawn with what is not ASCII.</param>
    public IntervalBar(IReadOnlyList<ReportResult> results, bool unicode)
    {
        _unicode = unicode;
        _scale = Scale.Around(
            results.Where(r => r.Ratio > 0).SelectMany(r => (r.RatioCi95 ?? []).Append(r.Ratio!.Value)).Append(1), 0, Width - 1,
            logarithmic: true);
    }

    /// <summary>Empty for what has no ratio, and for the baseline.</summary>
    public string Draw(ReportResult result)
    {
        if (result.Ratio is not > 0 || result.Verdict == "baseline")
        {
            return "";
        }

        var line = new char[Width];
        Array.Fill(line, ' ');
        Put(line, 1, _unicode ? '\u2502' : '|');
        if (result.RatioCi95 is [var low, var high])
        {
            for (var at = Place(low); at <= Place(high); at++)
            {
                line[at] = _unicode ? '\u2500' : '-';
            }

            Put(line, low, _unicode ? '\u251c' : '[');
            Put(line, high, _unicode ? '\u2524' : ']');
        }

        Put(line, result.Ratio.Value, _unicode ? '\u25cf' : 'o');
        return new string(line);
    }

    private void Put(char[] line, double value, char mark) => line[Place(value)] = mark;

    private int Place(double value) => (int)Math.Round(_scale.At(value));
}
