using System.Text.Json;
using VirtualBench.Host;
using VirtualBench.Reports.Html;

namespace VirtualBench.Reports;

/// <summary>The report's files in a run directory.</summary>
public static class ReportFiles
{
    public const string Json = "report.json";
    public const string Markdown = "report.md";
    public const string Csv = "report.csv";
    public const string Html = "report.html";

    /// <summary>Writes all four, each whole or not at all.</summary>
    public static void Write(ReportDocument report, string directory)
    {
        WholeFile.Write(Path.Combine(directory, Json), Serialize(report));
        WholeFile.Write(Path.Combine(directory, Markdown), MarkdownReport.Render(report));
        WholeFile.Write(Path.Combine(directory, Csv), CsvReport.Render(report));
        WholeFile.Write(Path.Combine(directory, Html), HtmlReport.Render(report));
    }

    /// <summary>report.json's text; <c>--json</c> prints the same.</summary>
    public static string Serialize(ReportDocument report) => JsonSerializer.Serialize(report, ReportJson.Default.ReportDocument) + "\n";
}
