using System.Text.Json;
using System.Text.Json.Serialization;
using VirtualBench.Protocol;
using VirtualBench.Targets;
using VirtualBench.Targets.Leftovers;

namespace VirtualBench.Cli;

/// <summary>Something that clean found, and whether it went.</summary>
/// <param name="Error">Why it is still there; null when it is gone.</param>
internal sealed record CleanedItem(string Kind, string Id, string What, string? Error);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<CleanedItem>))]
internal sealed partial class CleaningJson : JsonSerializerContext;

/// <summary>The command <c>clean</c>, and the look for leaks at the end of each run.</summary>
internal static class Cleaning
{
    /// <summary>Removes what runs that are no longer alive left, and lists it. Exit status: done when nothing of it is left.</summary>
    /// <param name="run">One run's leftovers only; null: every dead run's.</param>
    public static async Task<int> RunAsync(string? run, bool json, TextWriter output, CancellationToken cancellation)
    {
        var cleaned = new List<CleanedItem>();
        foreach (var leftover in await LeftoverCatalogue.FindAsync(LeftoverScope.Now(run), cancellation).ConfigureAwait(false))
        {
            string? error = null;
            try
            {
                await leftover.RemoveAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is TargetException or IOException or UnauthorizedAccessException)
            {
                error = Printable.Line(e.Message);
            }

            cleaned.Add(new CleanedItem(leftover.Kind, leftover.Id, Printable.Line(leftover.What), error));
        }

        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(cleaned, CleaningJson.Default.IReadOnlyListCleanedItem));
        }
        else
        {
            foreach (var item in cleaned)
            {
                output.WriteLine(
                    $"{(item.Error is null ? "removed" : "still there")}: {item.Kind} {item.Id}: {item.What}"
                    + $"{(item.Error is { } error ? $": {error}" : "")}");
            }

            output.WriteLine(cleaned.Count == 0 ? "nothing was left behind" : $"{cleaned.Count(i => i.Error is null)} removed");
        }

        return cleaned.Any(i => i.Error is not null) ? ExitStatus.Failed : ExitStatus.Done;
    }

    /// <summary>What of a session that is about to end is still there, after everything was released; one line each.</summary>
    public static async Task<IReadOnlyList<string>> FindLeaksAsync(string session)
    {
        // The scratch directory is still locked and in use: it goes last, and a failure to delete it is an error of its own.
        var scope = new LeftoverScope(session, new HashSet<string>());
        var found = await LeftoverCatalogue.FindAsync(scope, CancellationToken.None).ConfigureAwait(false);
        return [.. found.Where(l => l.Kind != "directory").Select(l => Printable.Line($"{l.Kind} {l.Id}: {l.What}"))];
    }
}
