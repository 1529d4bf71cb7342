using System.Security.Cryptography;
using System.Text;

namespace VirtualBench.Reports.Html;

/// <summary>
/// report.html: one file that fetches nothing; readable on paper, in the dark and without script. Its own style and script are named by
/// their hashes, so that no other could run even if an escape were ever missed.
/// </summary>
public static class HtmlReport
{
    private static readonly Lazy<string> Style = new(() => Resource("report.css"));
    private static readonly Lazy<string> Script = new(() => Resource("report.js"));

    public static string Render(ReportDocument report) => Markup.Of($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src {Source(Style)}; script-src {
            Source(Script)}; base-uri 'none'; form-action 'none'">
        <title>VirtualBench {report.Run.Id}</title>
        <style>{new Markup(Style.Value)}</style>
        </head>
        <body>
        {SummarySection.Render(report)}{MatrixSection.Render(report)}{ClaimsSection.Render(report)}{ProbeSections.Render(report)}{
            MetricSections.Render(report)}{StartsSection.Render(report)}{EnvironmentSections.Render(report)}{
            ReproduceSection.Render(report)}
        <script>{new Markup(Script.Value)}</script>
        </body>
        </html>

        """).Html;

    private static Markup Source(Lazy<string> text) =>
        new("'sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text.Value))) + "'");

    private static string Resource(string name)
    {
        using var resource = typeof(HtmlReport).Assembly.GetManifestResourceStream("html/" + name)
            ?? throw new InvalidOperationException($"{name} is not embedded");
        using var reader = new StreamReader(resource, Encoding.UTF8);
        return "\n" + reader.ReadToEnd();
    }
}
