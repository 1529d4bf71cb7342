namespace VirtualBench.Reports.Html;

/// <summary>The verdict matrix: probes down, targets across; each cell says in words what its colour says.</summary>
internal static class MatrixSection
{
    public static Markup Render(ReportDocument report)
    {
        var matrix = ReportMatrix.From(report);
        if (matrix.Rows.Count == 0)
        {
            return new Markup("<section><h2>Verdicts</h2><p>Nothing was measured.</p></section>\n");
        }

        return Markup.Of($"""
            <section id="verdicts"><h2>Verdicts</h2>
            <div class="wide"><table class="matrix {Width(matrix.Columns.Count)}sortable"><thead><tr><th scope="col">probe</th>{
                Markup.Join(matrix.Columns.Select(Heading))}</tr></thead><tbody>
            {Markup.Join(matrix.Rows.Select((row, i) => Row(row, i, matrix.Columns)))}</tbody></table></div>
            <p class="legend"><span class="key better">better</span><span class="key equivalent">equivalent</span><span class="key
             inconclusive">inconclusive</span><span class="key w1">worse</span><span class="key w4">ten times worse</span></p>
            <p class="dim">{ReportMatrix.Legend(report.Run)} An inconclusive interval lies across an edge of the margin.</p>
            {Family(report)}</section>

            """);
    }

    // Paper does not scroll.
    private static string Width(int columns) => columns > 20 ? "over12 over20 " : columns > 12 ? "over12 " : "";

    private static Markup Heading(MatrixColumn column) => Markup.Of(
        $"<th scope=\"col\"><span class=\"upright\">{column.Id}</span>{Markup.Join(column.Marks.Select(Mark))}</th>");

    private static Markup Mark(string mark) => Markup.Of($"<span class=\"badge\">{mark}</span>");

    private static Markup Row(MatrixRow row, int index, IReadOnlyList<MatrixColumn> columns) => Markup.Of(
        $"<tr><th scope=\"row\"><a href=\"#probe{index}\">{row.Label}</a><small>{row.Implementation}; {row.Unit}</small></th>{
        Markup.Join(row.Cells.Zip(columns).Select(c => Cell(c.First, c.Second)))}</tr>\n");

    private static Markup Cell(MatrixCell cell, MatrixColumn column)
    {
        if (cell.Result is not { } result)
        {
            return new Markup("<td class=\"none\">-</td>");
        }

        var marks = ResultRemarks.Marks(result);
        var detectable = result.MinimumDetectableEffect is { } effect ? $"detectable: {Text.Short(effect)} %" : "";
        var title = $"{ReportMatrix.Label(result)} on {column.Id}: " + string.Join("; ", new[] {
            cell.Figure, cell.Ratio, cell.Verdict, cell.Note, detectable }.Concat(ResultRemarks.Of(result, emulated: false)).Where(t => t.Length > 0));
        var ratio = result.Median is null ? "" : result.Verdict == "baseline" || result.Ratio is not { } value ? cell.Figure : Brief(value);
        var word = result.Median is null ? cell.Figure : cell.Verdict;
        return Markup.Of($"<td class=\"{Class(result)}\"{HtmlTable.SortBy(result.Ratio)} title=\"{title}\">{ratio}{
            Markup.If(marks.Length > 0, Markup.Of($"<sup>{marks}</sup>"))}<small>{word}</small></td>");
    }

    private static Markup Family(ReportDocument report)
    {
        var marked = report.Results.Any(r => ResultRemarks.Marks(r).Length > 0);
        var few = report.Run.HolmLeastBoots is { } least && least > report.Run.Boots;
        return Markup.Of($"{Markup.If(marked, Markup.Of($"<p class=\"dim\">{ResultRemarks.MarksLegend}</p>\n"))}{Markup.If(few, Markup.Of(
            $"<p class=\"dim\">Each verdict is judged by itself; {report.Run.Comparisons} comparisons together take {
            report.Run.HolmLeastBoots ?? 0} boots before any difference could hold for all of them.</p>\n"))}");
    }

    private static string Brief(double ratio) =>
        ratio.ToString(ratio < 10 ? "0.00" : ratio < 100 ? "0.0" : "0", System.Globalization.CultureInfo.InvariantCulture);

    // A doubling and a tenfold are different news; the estimate only shades what the interval decided.
    private static string Class(ReportResult result) =>
        result.Median is null ? "none"
        : result.Verdict != "worse" ? result.Verdict
        : result.Ratio switch { < 1.25 => "w1", < 2 => "w2", < 10 => "w3", _ => "w4" };
}
