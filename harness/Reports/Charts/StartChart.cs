using VirtualBench.Reports.Html;

namespace VirtualBench.Reports.Charts;

/// <summary>Starts as bars of their phases, each from the request to main on an even axis.</summary>
public static class StartChart
{
    private const double Left = 170;
    private const double Right = 690;
    private const double RowHeight = 24;
    private const double Top = 28;

    private static readonly (string Class, string Name)[] Phases =
        [("p0", "until accepted"), ("p1", "until the engine runs"), ("p2", "until the first byte"), ("p3", "until main")];

    public static Markup Draw(string caption, IReadOnlyList<(string Name, ReportStart Start)> rows)
    {
        var bottom = Top + (rows.Count * RowHeight) + 4;
        var scale = Scale.Around(rows.Select(r => r.Start.MainMs ?? 0), Left, Right, logarithmic: false);
        var description = string.Join("; ", rows.Select(r => $"{r.Name} {Words(r.Start)}"));
        return Drawing.Figure(caption, description, bottom + 36, Markup.Of($"""
            {Markup.Join(Phases.Select((p, i) => Markup.Of(
                $"<rect class=\"{p.Class}\" x=\"{Left + (i * 168)}\" y=\"4\" width=\"12\" height=\"12\"/><text x=\"{
                Left + 18 + (i * 168)}\" y=\"14\">{p.Name}</text>")))}
            {Axis.Below(scale, Top, bottom, 8, "ms since the request, median over boots; lower is better")}
            {Markup.Join(rows.Select((row, i) => Row(row.Name, row.Start, scale, Top + 6 + (i * RowHeight))))}
            """));
    }

    private static Markup Row(string name, ReportStart start, Scale scale, double y)
    {
        var bars = new List<Markup>();
        var reached = 0.0;
        double?[] points = [start.AcceptedMs, start.StartedMs, start.FirstByteMs, start.MainMs];
        var end = start.MainMs ?? 0;
        for (var i = 0; i < points.Length; i++)
        {
            // An engine may tell a point after the guest has gone past it: a phase then has no length, never a negative one.
            if (points[i] is { } point && Math.Min(point, end) > reached)
            {
                var to = Math.Min(point, end);
                bars.Add(Markup.Of(
                    $"<rect class=\"{Phases[i].Class}\" x=\"{scale.At(reached)}\" y=\"{y}\" width=\"{
                    scale.At(to) - scale.At(reached)}\" height=\"16\"/>"));
                reached = to;
            }
        }

        return Markup.Of($"""
            <g><title>{name}: {Words(start)}</title><text class="end" x="{Left - 10}" y="{y + 12}">{name}</text>{Markup.Join(bars)}<text
             x="{scale.At(end) + 8}" y="{y + 12}">{(start.MainMs is { } main ? Text.Figure(main) + " ms" : "")}</text></g>

            """);
    }

    private static string Words(ReportStart start) =>
        string.Join(", ", StartPhases.Titles.Zip(StartPhases.Fields(start)).Skip(3).Select(f => $"{f.First}: {f.Second}"));
}
