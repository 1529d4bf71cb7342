using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace VirtualBench.Reports.Html;

/// <summary>
/// HTML that is safe to stand on a page. It can only be made of literals of ours: whatever is put into one is escaped, unless it is
/// <see cref="Markup"/> itself. So no text of a guest, an engine or a file becomes an element, however it got there.
/// </summary>
public readonly record struct Markup(string Html)
{
    public static Markup Empty { get; } = new("");

    public static Markup Of(ref MarkupHandler handler) => new(handler.ToText());

    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(p => p.Html)));

    /// <summary>One of ours when a condition holds, else nothing.</summary>
    public static Markup If(bool condition, Markup markup) => condition ? markup : Empty;

    public override string ToString() => Html;
}

/// <summary>Builds <see cref="Markup"/> from an interpolated string; numbers are coordinates, to a tenth of a pixel.</summary>
[InterpolatedStringHandler]
public readonly ref struct MarkupHandler
{
    private readonly StringBuilder _html;

    public MarkupHandler(int literalLength, int formattedCount) => _html = new StringBuilder(literalLength + (formattedCount * 8));

    public void AppendLiteral(string literal) => _html.Append(literal);

    public void AppendFormatted(Markup markup) => _html.Append(markup.Html);

    public void AppendFormatted(string? text) => _html.Append(Text.Html(text ?? ""));

    public void AppendFormatted(int number) => _html.Append(CultureInfo.InvariantCulture, $"{number}");

    public void AppendFormatted(double coordinate) =>
        _html.Append(Math.Round(coordinate, 1).ToString("0.#", CultureInfo.InvariantCulture));

    internal string ToText() => _html.ToString();
}
