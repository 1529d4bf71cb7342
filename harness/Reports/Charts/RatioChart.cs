using VirtualBench.Reports.Html;

namespace VirtualBench.Reports.Charts;

/// <summary>One target's cost ratio, as a row of the chart.</summary>
/// <param name="Boots">Each block's own ratio, by block.</param>
/// <param name="Words">Ratio, interval and verdict, as the tables have them.</param>
public sealed record RatioRow(
    string Target, double Ratio, double[]? Interval, string Verdict, string Words, IReadOnlyList<double> Boots);

/// <summary>
/// Cost ratios on a logarithmic axis: the estimate, its interval, every block's own ratio as a dot, and the margin as a band. A doubling
/// and a halving are equally far from 1.
/// </summary>
public static class RatioChart
{
    private const double Left = 170;
    private const double Right = 610;
    private const double RowHeight = 24;
    private const double Top = 8;

    public static Markup Draw(string caption, IReadOnlyList<RatioRow> rows, double marginPercent, string baseline)
    {
        var bottom = Top + (rows.Count * RowHeight) + 4;
        var margin = 1 + (marginPercent / 100);
        var values = rows.SelectMany(r => r.Boots.Concat(r.Interval ?? []).Append(r.Ratio)).Concat([1 / margin, margin]);
        var scale = Scale.Around(values, Left, Right, logarithmic: true);
        var description = string.Join("; ", rows.Select(r => $"{r.Target} {r.Words}"));
        return Drawing.Figure(caption, description, bottom + 36, Markup.Of($"""
            <rect class="margin" x="{scale.At(1 / margin)}" y="{Top}" width="{
                scale.At(margin) - scale.At(1 / margin)}" height="{bottom - Top}"/>
            {Axis.Below(scale, Top, bottom, 8, "time ratio to " + baseline + ", logarithmic; lower is better")}
            <path class="one" d="M{scale.At(1)} {Top}V{bottom}"/>
            {Markup.Join(rows.Select((row, i) => Row(row, scale, Top + 14 + (i * RowHeight))))}
            """));
    }

    private static Markup Row(RatioRow row, Scale scale, double y) => Markup.Of($"""
        <g class="{row.Verdict}"><title>{row.Target}: {row.Words}</title><text class="end" x="{Left - 10}" y="{y + 4}">{
            row.Target}</text>{Markup.Join(row.Boots.Select((boot, i) => Markup.Of(
            $"<circle class=\"boot\" cx=\"{scale.At(boot)}\" cy=\"{y + Offset(i)}\" r=\"2\"/>")))}{
            Interval(row, scale, y)}<path class="mark" d="M{scale.At(row.Ratio)} {y - 5}l5 5l-5 5l-5-5z"/><text class="words" x="{
            Right + 12}" y="{y + 4}">{row.Words}</text></g>

        """);

    private static Markup Interval(RatioRow row, Scale scale, double y) => row.Interval is [var low, var high]
        ? Axis.Whisker(scale, low, high, y)
        : Markup.Empty;

    // Boots of equal ratio do not hide each other, and a report drawn twice is the same.
    private static double Offset(int index) => ((index * 5 % 9) - 4) * 1.7;
}
