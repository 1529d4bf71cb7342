using System.Globalization;
using System.Text;
using VirtualBench.Protocol;

namespace VirtualBench.Reports;

/// <summary>Numbers as tables show them, and text made harmless for where it goes: some of it came from guests.</summary>
public static class Text
{
    /// <summary>Four significant digits, no exponent for what people can read: <c>1,234</c>, <c>12.34</c>, <c>0.001234</c>.</summary>
    public static string Figure(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return value.ToString(CultureInfo.InvariantCulture);
        }

        var magnitude = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return magnitude is < -6 or > 14
            ? value.ToString("0.000E+0", CultureInfo.InvariantCulture)
            : value.ToString("N" + Math.Clamp(3 - magnitude, 0, 9).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>Three decimals while a ratio is small enough for them to matter.</summary>
    public static string Ratio(double value) =>
        value is >= 0.1 and < 10 ? value.ToString("F3", CultureInfo.InvariantCulture) : Figure(value);

    /// <summary>Three significant digits at most, for axes and bars: <c>64</c>, <c>1.25</c>.</summary>
    public static string Short(double value) => value.ToString(
        Math.Abs(value) >= 100 ? "0" : Math.Abs(value) >= 10 ? "0.#" : Math.Abs(value) >= 1 ? "0.##" : "0.###",
        CultureInfo.InvariantCulture);

    /// <summary>For element content and quoted attributes of an HTML page. Latin letters with accents stay, for people's names.</summary>
    public static string Html(string text)
    {
        var html = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = character switch
            {
                '&' => html.Append("&amp;"),
                '<' => html.Append("&lt;"),
                '>' => html.Append("&gt;"),
                '"' => html.Append("&quot;"),
                '\'' => html.Append("&#39;"),
                (>= ' ' and <= '~') or (>= '\u00c0' and <= '\u017f') => html.Append(character),
                _ => html.Append(Printable.Line(character.ToString())),
            };
        }

        return html.ToString();
    }

    /// <summary>For a Markdown table's cell or a paragraph: nothing in it is markup, HTML or the end of a cell.</summary>
    public static string Markdown(string text)
    {
        var markdown = new StringBuilder(text.Length + 16);
        foreach (var character in Printable.Line(text, int.MaxValue))
        {
            markdown.Append(character switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '|' or '*' or '_' or '`' or '[' or ']' or '\\' or '#' or '~' or '!' or '$' => "\\" + character,
                _ => character.ToString(),
            });
        }

        return markdown.ToString();
    }

    /// <summary>One field of a CSV record (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe in front.</summary>
    public static string Csv(string text)
    {
        var field = Printable.Line(text, int.MaxValue);
        if (field.Length > 0 && field[0] is '=' or '+' or '-' or '@')
        {
            field = "'" + field;
        }

        return field.AsSpan().IndexOfAny(",\"") < 0 ? field : "\"" + field.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }
}
