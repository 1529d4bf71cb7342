using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualBench.Campaign;

/// <summary>One line of journal.jsonl; fields that do not belong to its event are absent.</summary>
/// <param name="Event">campaign-started, campaign-resumed, trial-started, trial-ended, target-abandoned, precision-ended,
/// interrupted, campaign-ended.</param>
/// <param name="Blocks">With precision-ended: the blocks after which a run that adds blocks ended.</param>
internal sealed record JournalEntry(
    string Event,
    DateTimeOffset Utc,
    int? Position = null,
    int? Attempt = null,
    string? TargetId = null,
    string? Label = null,
    string? Transcript = null,
    IReadOnlyList<string>? Probes = null,
    BootTimes? Times = null,
    int? ExitStatus = null,
    string? Reason = null,
    double? WallSeconds = null,
    IReadOnlyList<string>? Leaks = null,
    IReadOnlyList<SectionUsage?>? Usage = null,
    int? Blocks = null);

/// <summary>
/// The run's diary, the truth after a crash: each entry is one line of JSON, on disk before the next step begins. What is made outside our
/// own namespaces (a container, a domain) is named here, by its label, before it is made.
/// </summary>
internal sealed class Journal : IDisposable
{
    /// <summary>The reason of a trial that the user ended.</summary>
    public const string InterruptedReason = "interrupted";

    private readonly FileStream _file;

    public Journal(string path)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        DropTornLine();
    }

    public void Append(JournalEntry entry)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(entry, RunJson.Compact.JournalEntry);
        _file.Write([.. line, (byte)'\n']);
        _file.Flush(flushToDisk: true);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>
    /// The entries; a last line that a crash cut short is left out, any other damage is an <see cref="InvalidDataException"/>.
    /// </summary>
    public static IReadOnlyList<JournalEntry> Read(string path)
    {
        var entries = new List<JournalEntry>();
        var text = File.ReadAllText(path);
        var whole = text.LastIndexOf('\n') + 1;
        foreach (var line in text[..whole].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                entries.Add(JsonSerializer.Deserialize(line, RunJson.Compact.JournalEntry!) ?? throw new JsonException("null"));
            }
            catch (JsonException e)
            {
                throw new InvalidDataException($"{path}: line {entries.Count + 1} is no journal entry: {e.Message.Split('\n')[0]}", e);
            }
        }

        return entries;
    }

    /// <summary>Cuts off what a crash left of a half-written line, so that the next entry does not continue it.</summary>
    private void DropTornLine()
    {
        var end = _file.Length;
        while (end > 0)
        {
            _file.Position = end - 1;
            if (_file.ReadByte() == '\n')
            {
                break;
            }

            end--;
        }

        _file.SetLength(end);
        _file.Position = end;
    }
}

/// <summary>What run.json holds: everything decided or found out before the first trial.</summary>
internal sealed record RunManifest(
    string Schema,
    string RunId,
    DateTimeOffset StartedUtc,
    string Tool,
    IReadOnlyList<string> CommandLine,
    Plan.CampaignPlan Plan,
    IReadOnlyList<RecordedTarget> Targets,
    IReadOnlyDictionary<string, string> GuestBinaries,
    JsonElement Environment,
    IReadOnlyList<RecordedBackEnd>? Networks = null,
    IReadOnlyList<RecordedBackEnd>? Disks = null)
{
    public const string CurrentSchema = "virtualbench.run/1";

    /// <summary>The first part that a damaged or foreign file lacks, which the serialiser leaves null; null when it is whole.</summary>
    [JsonIgnore]
    public string? Missing =>
        RunId is null ? "runId" : Plan is null ? "plan" : Targets is null ? "targets" : GuestBinaries is null ? "guestBinaries"
        : Plan.Targets is null or [] || Plan.Targets.Any(t => t is not { Id: not null, Target: not null }) ? "plan.targets"
        : Plan.Implementations is null ? "plan.implementations"
        : Plan.Probes is null || Plan.Probes.Any(p => p is not { Id: not null, Parameters: not null }) ? "plan.probes"
        : Plan.Engine is null ? "plan.engine" : Plan.Resources is null ? "plan.resources"
        : Plan.Trials is null || Plan.Trials.Any(t => t is not { TargetId: not null, Probes: not null }) ? "plan.trials"
        : Targets.Any(t => t is not { Id: not null, Target: not null, Availability: not null }) ? "targets"
        : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(Plan.CampaignPlan))]
[JsonSerializable(typeof(RunManifest))]
internal sealed partial class RunJson : JsonSerializerContext
{
    private static RunJson? s_indented;

    /// <summary>One line a value, for the journal.</summary>
    public static RunJson Compact => Default;

    /// <summary>
    /// Indented, for run.json. Made at first use: the order of static initialisers over a partial class's files is not defined.
    /// </summary>
    public static RunJson Indented => s_indented ??= new(new JsonSerializerOptions(Default.Options) { WriteIndented = true });
}
