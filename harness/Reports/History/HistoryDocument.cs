using System.Text.Json.Serialization;
using VirtualBench.Reports.Comparison;

namespace VirtualBench.Reports.History;

/// <summary>How results went over several runs, oldest first.</summary>
/// <param name="By">As in <see cref="ComparisonDocument"/>.</param>
public sealed record HistoryDocument(
    string Schema, IReadOnlyList<ComparedRun> Runs, double MarginPercent, string By, IReadOnlyList<Difference> Differences,
    IReadOnlyList<HistorySeries> Series)
{
    public const string CurrentSchema = "virtualbench.history/1";
}

/// <summary>One probe on one target over the runs.</summary>
/// <param name="Points">One for each run, null where it has no figure.</param>
/// <param name="Changes">Where the level changed.</param>
public sealed record HistorySeries(
    string Probe, string Implementation, string Target, string Unit, string Direction, IReadOnlyList<HistoryPoint?> Points,
    IReadOnlyList<HistoryChange> Changes);

/// <param name="Median">Over the run's boots, in the series' unit.</param>
public sealed record HistoryPoint(double Median, int Boots);

/// <summary>A change of level.</summary>
/// <param name="Run">Id of the first run after it.</param>
/// <param name="Ratio">Cost after over before, of the runs up to the next change: 1.10 takes 10 % longer.</param>
/// <param name="RatioCi95">With the run as the unit of replication; null where there are too few runs.</param>
/// <param name="Verdict">As in a comparison; <c>inconclusive</c> without an interval.</param>
public sealed record HistoryChange(string Run, double? Ratio, double[]? RatioCi95, string Verdict);

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HistoryDocument))]
public sealed partial class HistoryJson : JsonSerializerContext;
