using VirtualBench.Reports;

namespace VirtualBench.Tests.Reports;

public class TextTests
{
    [Theory]
    [InlineData(1234567.8, "1,234,568")]
    [InlineData(12.3456, "12.35")]
    [InlineData(1, "1.000")]
    [InlineData(0.00123456, "0.001235")]
    [InlineData(0, "0")]
    [InlineData(-12.3456, "-12.35")]
    [InlineData(1e-9, "1.000E-9")]
    [InlineData(1e18, "1.000E+18")]
    [InlineData(double.NaN, "NaN")]
    public void Figures_have_four_digits(double value, string text) => Assert.Equal(text, Text.Figure(value));

    [Theory]
    [InlineData(1.0345, "1.034")]
    [InlineData(0.98765, "0.988")]
    [InlineData(12.3456, "12.35")]
    [InlineData(0.0123456, "0.01235")]
    public void Ratios_have_three_decimals_near_one(double value, string text) => Assert.Equal(text, Text.Ratio(value));

    [Theory]
    [InlineData("<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;")]
    [InlineData("a&b\"c", "a&amp;b&quot;c")]
    [InlineData("\u001b[31mred\u0007", "\\x1b[31mred\\x07")]
    [InlineData("turn\u202earound", "turn\\x202earound")]
    public void Html(string text, string html) => Assert.Equal(html, Text.Html(text));

    [Theory]
    [InlineData("a|b", "a\\|b")]
    [InlineData("[x](javascript:1)", "\\[x\\](javascript:1)")]
    [InlineData("<img src=x>", "&lt;img src=x&gt;")]
    [InlineData("line\n# heading", @"line\\x0a\# heading")]
    public void Markdown(string text, string markdown) => Assert.Equal(markdown, Text.Markdown(text));

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("-2", "'-2")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("=cmd|' /C calc'!A0,1", "\"'=cmd|' /C calc'!A0,1\"")]
    [InlineData("two\r\nlines", "two\\x0d\\x0alines")]
    public void Csv(string text, string csv) => Assert.Equal(csv, Text.Csv(text));
}
