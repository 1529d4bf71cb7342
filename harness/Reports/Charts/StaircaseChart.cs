using VirtualBench.Reports.Html;

namespace VirtualBench.Reports.Charts;

/// <summary>Time of a dependent load over the size of the working set, both logarithmic, with the host's caches as steps.</summary>
public static class StaircaseChart
{
    private const double Left = 80;
    private const double Right = 640;
    private const double Top = 26;
    private const double Bottom = 290;

    /// <param name="series">Targets with bytes and the figure at each, ascending.</param>
    /// <param name="caches">Names and sizes in bytes.</param>
    public static Markup Draw(
        string caption, string unit,
        IReadOnlyList<(string Name, int Index, IReadOnlyList<(double Bytes, ReportResult Result)> Steps)> series,
        IReadOnlyList<(string Name, double Bytes)> caches)
    {
        var sizes = series.SelectMany(s => s.Steps.Select(p => p.Bytes)).Distinct().Order().ToList();
        var across = Scale.Around(sizes, Left, Right, logarithmic: true);
        var up = Scale.Around(
            series.SelectMany(s => s.Steps.SelectMany(p => (p.Result.Ci95 ?? []).Append(p.Result.Median!.Value))), Bottom, Top,
            logarithmic: true);
        var lines = series.Select(s => new Line(
            s.Name,
            $"{s.Name}: {string.Join(", ", s.Steps.Select(p => $"{Axis.Bytes(p.Bytes)} {Text.Figure(p.Result.Median!.Value)} {unit}"))}",
            Drawing.Series(s.Index), [.. s.Steps.Select(p => new Point(across.At(p.Bytes), up.At(p.Result.Median!.Value)))])).ToList();
        var whiskers = Markup.Join(series.SelectMany(s => s.Steps.Where(p => p.Result.Ci95 is not null).Select(p => Markup.Of(
            $"<path class=\"line whisker {Drawing.Series(s.Index)}\" d=\"M{across.At(p.Bytes)} {up.At(p.Result.Ci95![0])}V{
            up.At(p.Result.Ci95[1])}\"/>"))));
        var ticks = Markup.Join(sizes.Select(b => Markup.Of(
            $"{Axis.Grid(across.At(b), Top, Bottom)}{Axis.Tick(across.At(b), Bottom, Axis.Bytes(b))}")));
        var edges = Markup.Join(caches.Where(c => c.Bytes > across.Least && c.Bytes < across.Greatest).Select(c => Markup.Of(
            $"<path class=\"cache\" d=\"M{across.At(c.Bytes)} {Top}V{Bottom}\"/><text class=\"tick\" x=\"{across.At(c.Bytes) + 4}\" y=\"{
            Top + 8}\">{c.Name}</text>")));
        return Drawing.Figure(caption, string.Join("; ", lines.Select(l => l.Title)), Bottom + 40, Markup.Of($"""
            {Axis.Left(up, Left, Right, 7, unit)}
            {ticks}{edges}{Axis.Title((Left + Right) / 2, Bottom + 32, "working set; dashed: the host's caches; lower is better")}
            {whiskers}
            {Drawing.Lines(lines, Right + 20, Top, Bottom)}
            """));
    }
}
