using VirtualBench.Reports.Html;

namespace VirtualBench.Reports.Charts;

/// <summary>Grid lines and labels of a scale.</summary>
public static class Axis
{
    /// <summary>Vertical lines from <paramref name="top"/> to <paramref name="bottom"/>, labels below.</summary>
    public static Markup Below(Scale scale, double top, double bottom, int most, string title, Func<double, string>? label = null) =>
        Markup.Of($"""
            {Markup.Join(scale.Ticks(most).Select(t => Markup.Of(
                $"<path class=\"grid\" d=\"M{scale.At(t)} {top}V{bottom}\"/><text class=\"tick mid\" x=\"{scale.At(t)}\" y=\"{bottom + 14}\">{
                (label ?? Scale.Label)(t)}</text>")))}<text class="name mid" x="{(scale.From + scale.To) / 2}" y="{bottom + 30}">{title}</text>
            """);

    /// <summary>Horizontal lines from <paramref name="left"/> to <paramref name="right"/>, labels at the left.</summary>
    public static Markup Left(Scale scale, double left, double right, int most, string title, Func<double, string>? label = null) =>
        Markup.Of($"""
            {Markup.Join(scale.Ticks(most).Select(t => Markup.Of(
                $"<path class=\"grid\" d=\"M{left} {scale.At(t)}H{right}\"/><text class=\"tick end\" x=\"{left - 6}\" y=\"{scale.At(t) + 4}\">{
                (label ?? Scale.Label)(t)}</text>")))}<text class="name" x="{left - 40}" y="{Math.Min(scale.From, scale.To) - 10}">{title}</text>
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
