using VirtualBench.Reports.Html;

namespace VirtualBench.Reports.Charts;

/// <summary>Grid lines and labels of a scale.</summary>
public static class Axis
{
    /// <summary>Vertical lines from <paramref name="top"/> to <paramref name="bottom"/>, labels below.</summary>
    public static Markup Below(Scale scale, double top, double bottom, int most, string title, Func<double, string>? label = null) =>
        Markup.Of($"""
            {Markup.Join(scale.Ticks(most).Select(t => Markup.Of(
                $"{Grid(scale.At(t), top, bottom)}{Tick(scale.At(t), bottom, (label ?? Scale.Label)(t))}")))}{
                Title((scale.From + scale.To) / 2, bottom + 30, title)}
            """);

    /// <summary>A vertical line.</summary>
    public static Markup Grid(double x, double top, double bottom) => Markup.Of($"<path class=\"grid\" d=\"M{x} {top}V{bottom}\"/>");

    /// <summary>A label centred below a chart that ends at <paramref name="bottom"/>.</summary>
    public static Markup Tick(double x, double bottom, string label) =>
        Markup.Of($"<text class=\"tick mid\" x=\"{x}\" y=\"{bottom + 14}\">{label}</text>");

    /// <summary>What an axis shows, centred.</summary>
    public static Markup Title(double x, double y, string title) =>
        Markup.Of($"<text class=\"name mid\" x=\"{x}\" y=\"{y}\">{title}</text>");

    /// <summary>An interval on a horizontal scale: a line with its ends.</summary>
    public static Markup Whisker(Scale scale, double low, double high, double y) => Markup.Of(
        $"<path class=\"interval\" d=\"M{scale.At(low)} {y}H{scale.At(high)}M{scale.At(low)} {y - 4}v8M{scale.At(high)} {y - 4}v8\"/>");

    /// <summary>Horizontal lines from <paramref name="left"/> to <paramref name="right"/>, labels at the left.</summary>
    public static Markup Left(Scale scale, double left, double right, int most, string title, Func<double, string>? label = null) =>
        Markup.Of($"""
            {Markup.Join(scale.Ticks(most).Select(t => Markup.Of(
                $"<path class=\"grid\" d=\"M{left} {scale.At(t)}H{right}\"/><text class=\"tick end\" x=\"{left - 6}\" y=\"{
                scale.At(t) + 4}\">{(label ?? Scale.Label)(t)}</text>")))}<text class="name" x="{left - 40}" y="{
                Math.Min(scale.From, scale.To) - 10}">{title}</text>
            """);

    /// <summary>Bytes as people say them: <c>64 MiB</c>.</summary>
    public static string Bytes(double bytes) =>
        bytes >= 1L << 30 ? Text.Short(bytes / (1L << 30)) + " GiB"
        : bytes >= 1 << 20 ? Text.Short(bytes / (1 << 20)) + " MiB"
        : bytes >= 1 << 10 ? Text.Short(bytes / (1 << 10)) + " KiB"
        : Text.Short(bytes) + " B";

    /// <summary>Nanoseconds as people say them: <c>12.5 µs</c>, in ASCII.</summary>
    public static string Nanoseconds(double ns) =>
        ns >= 1e9 ? Text.Short(ns / 1e9) + " s"
        : ns >= 1e6 ? Text.Short(ns / 1e6) + " ms"
        : ns >= 1e3 ? Text.Short(ns / 1e3) + " us"
        : Text.Short(ns) + " ns";
}
