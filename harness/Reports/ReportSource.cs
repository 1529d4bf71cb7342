using System.Text.Json;
using VirtualBench.Campaign;
using VirtualBench.Protocol;

namespace VirtualBench.Reports;

/// <summary>A report with the place that it came from.</summary>
/// <param name="Path">As the user named it.</param>
public sealed record ReportSource(string Path, ReportDocument Report)
{
    // The largest report that a run of a week could leave is some tens of megabytes.
    private const long LargestBytes = 256L << 20;

    /// <summary>
    /// Reads a run directory (from what the guests printed, so that an older report in it does not matter) or a report.json.
    /// </summary>
    /// <exception cref="CampaignException">There is none, or it cannot be read.</exception>
    public static ReportSource Read(string path)
    {
        if (Directory.Exists(path) && !File.Exists(System.IO.Path.Combine(path, "run.json"))
            && File.Exists(System.IO.Path.Combine(path, ReportFiles.Json)))
        {
            return Read(System.IO.Path.Combine(path, ReportFiles.Json));
        }

        return new ReportSource(path, File.Exists(path)
            ? ReadFile(path)
            : ReportBuilder.Build(RecordingReader.Read(RunDirectory.Open(path))));
    }

    private static ReportDocument ReadFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > LargestBytes)
            {
                throw new CampaignException($"{path} is {file.Length} bytes long; a report has at most {LargestBytes}");
            }

            var report = JsonSerializer.Deserialize(file, ReportJson.Default.ReportDocument) ?? throw new JsonException("it is null");
            return report.Schema != ReportDocument.CurrentSchema
                ? throw new CampaignException(
                    $"{path} has the schema '{Printable.Line(report.Schema, 60)}', not '{ReportDocument.CurrentSchema}'")
                : Fault(report) is { } fault ? throw new CampaignException($"{path} is no report: {fault}")
                : report;
        }
        catch (JsonException e)
        {
            throw new CampaignException(
                $"{path} is no report that this version reads: {Printable.Line(e.Message, 200)}; `report DIR` makes it again", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CampaignException($"{path} cannot be read: {e.Message}", e);
        }
    }

    // What the serialiser does not check: elements of lists, and names that others refer to.
    private static string? Fault(ReportDocument report) =>
        report.Targets.Any(t => t is null) || report.Results.Any(r => r is null) ? "an entry is null"
        : report.Targets.GroupBy(t => t.Id).Any(g => g.Count() > 1) ? "a target stands there twice"
        : report.Results.FirstOrDefault(r => report.Targets.All(t => t.Id != r.Target)) is { } stray
            ? $"a result is of the target '{Printable.Line(stray.Target, 60)}', which it does not list"
        : report.Results.Any(r => r.BootFigures.Any(b => b is null) || r.Metrics.Any(m => m is null)) ? "a figure is null"
        : report.Results.Any(r => r.BootFigures.GroupBy(b => b.Block).Any(g => g.Count() > 1)) ? "a boot stands there twice"
        : !double.IsFinite(report.Run.MarginPercent) || report.Run.MarginPercent < 0 ? "its margin is no percentage"
        : null;
}
