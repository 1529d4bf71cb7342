using VirtualBench.Reports.Html;

namespace VirtualBench.Reports.Charts;

/// <summary>What one target carried and what it cost the host.</summary>
/// <param name="CpuSecondsPerGB">Host CPU time of the guest and its switch for each gigabyte; null where it is not known.</param>
public sealed record ThroughputRow(
    string Target, double Throughput, double[]? Interval, double? CpuSecondsPerGB, double[]? CpuInterval);

/// <summary>Throughput at the left, the host's CPU time for it at the right: what is fast may only be so at the host's expense.</summary>
public static class ThroughputChart
{
    private const double RowHeight = 24;
    private const double Top = 24;

    public static Markup Draw(string caption, string unit, IReadOnlyList<ThroughputRow> rows)
    {
        var bottom = Top + (rows.Count * RowHeight) + 4;
        var left = Scale.Around(rows.SelectMany(r => (r.Interval ?? []).Append(r.Throughput)), 170, 440, logarithmic: false);
        var right = Scale.Around(
            rows.SelectMany(r => (r.CpuInterval ?? []).Append(r.CpuSecondsPerGB ?? 0)), 540, 790, logarithmic: false);
        var description = string.Join("; ", rows.Select(r => $"{r.Target} {Text.Figure(r.Throughput)} {unit}"
            + (r.CpuSecondsPerGB is { } cpu ? $", {Text.Figure(cpu)} host CPU s/GB" : "")));
        return Drawing.Figure(caption, description, bottom + 36, Markup.Of($"""
            {Axis.Below(left, Top, bottom, 5, unit + "; higher is better")}
            {Axis.Below(right, Top, bottom, 5, "host CPU s/GB; lower is better")}
            {Markup.Join(rows.Select((row, i) => Row(row, left, right, unit, Top + 6 + (i * RowHeight))))}
            """));
    }

    private static Markup Row(ThroughputRow row, Scale left, Scale right, string unit, double y) => Markup.Of($"""
        <g><title>{row.Target}: {Text.Figure(row.Throughput)} {unit}</title><text class="end" x="160" y="{y + 12}">{row.Target}</text>{
            Bar("p1", left, row.Throughput, row.Interval, y)}{(row.CpuSecondsPerGB is { } cpu ? Bar("p3", right, cpu, row.CpuInterval, y)
            : Markup.Of($"<text class=\"tick\" x=\"{right.From + 4}\" y=\"{y + 12}\">not measured</text>"))}</g>

        """);

    private static Markup Bar(string kind, Scale scale, double value, double[]? interval, double y) => Markup.Of($"""
        <rect class="{kind}" x="{scale.From}" y="{y}" width="{scale.At(value) - scale.From}" height="16"/>{(interval is [var low, var high]
            ? Axis.Whisker(scale, low, high, y + 8)
            : Markup.Empty)}<text x="{scale.At(Math.Max(value, interval?[1] ?? 0)) + 6}" y="{y + 12}">{Text.Figure(value)}</text>
        """);
}
