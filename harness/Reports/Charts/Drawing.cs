using VirtualBench.Reports.Html;

namespace VirtualBench.Reports.Charts;

/// <summary>What all charts share: the frame, and how series are told apart.</summary>
public static class Drawing
{
    /// <summary>Width of every chart, in its own units; the page scales it.</summary>
    public const double Width = 860;

    /// <summary>Colours that the style sheet has; a series beyond them gets another line style.</summary>
    public const int Colours = 8;

    /// <summary>An SVG of ours with its caption; <paramref name="description"/> is what a reader who cannot see it is told.</summary>
    public static Markup Figure(string caption, string description, double height, Markup content) => Markup.Of($"""
        <figure><figcaption>{caption}</figcaption><div class="wide">
        <svg viewBox="0 0 {Width} {height}" role="img" aria-label="{description}">
        {content}
        </svg></div></figure>

        """);

    /// <summary>Class names of the n-th series: its colour and, when colours repeat, its dashes.</summary>
    public static string Series(int index) => FormattableString.Invariant($"s{index % Colours} k{index / Colours % 3}");

    /// <summary>
    /// Line charts with a name at each line's end: curves through points that are given in page units, names moved apart where they would
    /// overlap.
    /// </summary>
    public static Markup Lines(IReadOnlyList<Line> lines, double nameX, double top, double bottom)
    {
        var names = Spread([.. lines.Select(l => l.Points[^1].Y)], 13, top, bottom);
        return Markup.Join(lines.Select((line, i) => Markup.Of($"""
            <g class="line {line.Class}"><title>{line.Title}</title><path class="curve" d="{Path(line.Points)}"/>{
                Markup.Join(line.Points.Select(p => Markup.Of($"<circle cx=\"{p.X}\" cy=\"{p.Y}\" r=\"2.6\"/>")))}<path class="lead" d="M{
                line.Points[^1].X + 4} {line.Points[^1].Y}L{nameX - 4} {names[i]}"/><text x="{nameX}" y="{
                names[i] + 4}">{line.Name}</text></g>

            """)));
    }

    /// <summary>Moves positions apart, to <paramref name="gap"/> at least, in their order; the first stays in place where it can.</summary>
    public static double[] Spread(IReadOnlyList<double> wanted, double gap, double top, double bottom)
    {
        var order = Enumerable.Range(0, wanted.Count).OrderBy(i => wanted[i]).ThenBy(i => i).ToArray();
        var placed = new double[wanted.Count];
        var next = top;
        foreach (var i in order)
        {
            placed[i] = Math.Max(wanted[i], next);
            next = placed[i] + gap;
        }

        // What was pushed over the lower edge pushes the others back up.
        var limit = bottom;
        foreach (var i in order.Reverse())
        {
            placed[i] = Math.Min(placed[i], limit);
            limit = placed[i] - gap;
        }

        return placed;
    }

    private static Markup Path(IReadOnlyList<Point> points) =>
        Markup.Join(points.Select((p, i) => Markup.Of($"{(i == 0 ? "M" : "L")}{p.X} {p.Y}")));
}

/// <summary>A position in a chart's own units.</summary>
public readonly record struct Point(double X, double Y);

/// <param name="Title">What a pointer that rests on it is shown.</param>
/// <param name="Class">See <see cref="Drawing.Series"/>.</param>
public sealed record Line(string Name, string Title, string Class, IReadOnlyList<Point> Points);
