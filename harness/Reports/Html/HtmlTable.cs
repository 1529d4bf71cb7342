namespace VirtualBench.Reports.Html;

/// <param name="Sort">What sorting goes by, where the text is not it; see report.js.</param>
public readonly record struct HtmlCell(Markup Content, bool Number = false, double? Sort = null)
{
    public static HtmlCell Of(string? text) => new(Markup.Of($"{text}"));

    public static HtmlCell Of(double? value, Func<double, string> format) =>
        new(Markup.Of($"{(value is { } number ? format(number) : "")}"), Number: true, Sort: value);
}

/// <summary>Tables; those with more than one row can be sorted by their headings.</summary>
public static class HtmlTable
{
    public static Markup Of(IEnumerable<string> titles, IReadOnlyList<IReadOnlyList<HtmlCell>> rows) => Markup.Of($"""
        <div class="wide"><table class="{(rows.Count > 1 ? "sortable" : "")}"><thead><tr>{
            Markup.Join(titles.Select(t => Markup.Of($"<th scope=\"col\">{t}</th>")))}</tr></thead><tbody>
        {Markup.Join(rows.Select(Row))}</tbody></table></div>

        """);

    /// <summary>Names and values.</summary>
    public static Markup Facts(IEnumerable<(string Name, Markup Value)> facts) => Markup.Of($"""
        <div class="wide"><table class="facts"><tbody>
        {Markup.Join(facts.Select(f => Markup.Of($"<tr><th scope=\"row\">{f.Name}</th><td>{f.Value}</td></tr>\n")))}</tbody></table></div>

        """);

    public static Markup Items(string title, IEnumerable<string> items)
    {
        var lines = items.ToList();
        return Markup.If(lines.Count > 0, Markup.Of($"""
            <section><h2>{title}</h2><ul>
            {Markup.Join(lines.Select(l => Markup.Of($"<li>{l}</li>\n")))}</ul></section>

            """));
    }

    /// <summary>What sorting goes by, as an attribute.</summary>
    public static Markup SortBy(double? value) => value is { } number && double.IsFinite(number)
        ? Markup.Of($" data-v=\"{number.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}\"") : Markup.Empty;

    private static Markup Row(IReadOnlyList<HtmlCell> cells) => Markup.Of(
        $"<tr>{Markup.Join(cells.Select((c, i) => i == 0
            ? Markup.Of($"<th scope=\"row\"{SortBy(c.Sort)}>{c.Content}</th>")
            : Markup.Of($"<td{Markup.If(c.Number, new Markup(" class=\"n\""))}{SortBy(c.Sort)}>{c.Content}</td>")))}</tr>\n");
}
