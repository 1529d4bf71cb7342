using VirtualBench.Reports.Html;

namespace VirtualBench.Reports.Charts;

/// <summary>
/// Latency over percentile, both logarithmic: the axis runs by 1/(1-p), so that each further nine takes the same width.
/// </summary>
public static class PercentileChart
{
    private const double Left = 70;
    private const double Right = 640;
    private const double Top = 26;
    private const double Bottom = 270;

    /// <param name="series">Targets with their percentiles (0 to below 100) and values in <paramref name="unit"/>, one at least.</param>
    public static Markup Draw(
        string caption, string unit, IReadOnlyList<(string Name, int Index, IReadOnlyList<(double Percentile, double Value)> Curve)> series)
    {
        var percentiles = series.SelectMany(s => s.Curve.Select(c => c.Percentile)).Distinct().Order().ToList();
        var across = new Scale(Rarity(percentiles[0]) / 1.05, Rarity(percentiles[^1]) * 1.05, Left, Right, true);
        var up = Scale.Around(series.SelectMany(s => s.Curve.Select(c => c.Value)), Bottom, Top, logarithmic: true);
        var lines = series.Select(s => new Line(
            s.Name, $"{s.Name}: {string.Join(", ", s.Curve.Select(c => $"p{Name(c.Percentile)} {Text.Figure(c.Value)} {unit}"))}",
            Drawing.Series(s.Index), [.. s.Curve.Select(c => new Point(across.At(Rarity(c.Percentile)), up.At(c.Value)))])).ToList();
        var ticks = Markup.Join(percentiles.Select(p => Markup.Of(
            $"{Axis.Grid(across.At(Rarity(p)), Top, Bottom)}{Axis.Tick(across.At(Rarity(p)), Bottom, "p" + Name(p))}")));
        return Drawing.Figure(caption, string.Join("; ", lines.Select(l => l.Title)), Bottom + 40, Markup.Of($"""
            {Axis.Left(up, Left, Right, 7, unit == "ns" ? "time" : unit, unit == "ns" ? Axis.Nanoseconds : null)}
            {ticks}<text class="name mid" x="{(Left + Right) / 2}" y="{Bottom + 32}">percentile; lower curves are better</text>
            {Drawing.Lines(lines, Right + 20, Top, Bottom)}
            """));
    }

    private static double Rarity(double percentile) => 100 / (100 - percentile);

    private static string Name(double percentile) => percentile.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture);
}
