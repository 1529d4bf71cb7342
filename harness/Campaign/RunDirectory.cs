using System.Globalization;
using System.Text.Json;
using Mono.Unix.Native;
using VirtualBench.Host;

namespace VirtualBench.Campaign;

/// <summary>The directory that holds everything one run left.</summary>
internal sealed class RunDirectory
{
    /// <summary>What a run may write: transcripts of many boots, reports. Below this much free space it does not begin.</summary>
    public const long LeastFreeBytes = 64 << 20;

    private RunDirectory(string path) => Root = path;

    public string Root { get; }

    public string ManifestPath => Path.Combine(Root, "run.json");

    public string JournalPath => Path.Combine(Root, "journal.jsonl");

    public string TranscriptsPath => Path.Combine(Root, "transcripts");

    /// <summary>
    /// Makes a new run directory: <paramref name="path"/> itself when the user named one (which must be new or empty), else a fresh one
    /// under <c>runs/</c>.
    /// </summary>
    public static RunDirectory Create(string? path, DateTimeOffset startedUtc, string preset)
    {
        var stem = Path.Combine("runs", startedUtc.ToLocalTime().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + "-" + preset);
        var chosen = Path.GetFullPath(path ?? stem);
        for (var suffix = 2; path is null && Directory.Exists(chosen); suffix++)
        {
            chosen = Path.GetFullPath(FormattableString.Invariant($"{stem}-{suffix}"));
        }

        try
        {
            if (Directory.Exists(chosen) && Directory.EnumerateFileSystemEntries(chosen).Any())
            {
                throw new CampaignException(File.Exists(Path.Combine(chosen, "run.json"))
                    ? $"{chosen} already holds a run; choose another --out, or continue it with --resume {chosen}"
                    : $"{chosen} is not empty; choose another --out");
            }

            Directory.CreateDirectory(Path.Combine(chosen, "transcripts"));
            var probe = Path.Combine(chosen, ".writable");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CampaignException($"cannot write to {chosen}: {e.Message.TrimEnd('.')}; choose another directory with --out", e);
        }

        RequireSpace(chosen);
        return new RunDirectory(chosen);
    }

    /// <summary>Opens a run directory that exists; a <see cref="CampaignException"/> says what is missing.</summary>
    public static RunDirectory Open(string path)
    {
        var directory = new RunDirectory(Path.GetFullPath(path));
        return !Directory.Exists(directory.Root) ? throw new CampaignException($"there is no run directory {directory.Root}")
            : !File.Exists(directory.ManifestPath)
                ? throw new CampaignException($"{directory.Root} is no run directory: it has no run.json")
            : directory;
    }

    /// <summary>Takes back a directory in which no run ever began.</summary>
    public void DiscardUnused()
    {
        if (!File.Exists(ManifestPath))
        {
            Directory.Delete(TranscriptsPath);
            Directory.Delete(Root);
        }
    }

    public string TranscriptPath(string name) => Path.Combine(TranscriptsPath, name);

    public void WriteManifest(RunManifest manifest) =>
        WholeFile.Write(ManifestPath, JsonSerializer.SerializeToUtf8Bytes(manifest, RunJson.Indented.RunManifest));

    public RunManifest ReadManifest()
    {
        try
        {
            using var file = File.OpenRead(ManifestPath);
            var manifest = JsonSerializer.Deserialize(file, RunJson.Compact.RunManifest!) ?? throw new JsonException("it is empty");
            return manifest.Schema != RunManifest.CurrentSchema
                ? throw new CampaignException(
                    $"{ManifestPath} has the schema '{Protocol.Printable.Line(manifest.Schema ?? "", 60)}', "
                        + $"not '{RunManifest.CurrentSchema}'")
                : manifest.Missing is { } part ? throw new CampaignException($"{ManifestPath} is damaged: it has no {part}")
                : manifest;
        }
        catch (JsonException e)
        {
            throw new CampaignException($"{ManifestPath} cannot be read: {Protocol.Printable.Line(e.Message, 160)}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CampaignException($"{ManifestPath} cannot be read: {e.Message}", e);
        }
    }

    private static void RequireSpace(string path)
    {
        if (Syscall.statvfs(path, out var space) == 0)
        {
            var free = (long)(space.f_bavail * space.f_frsize);
            if (free < LeastFreeBytes)
            {
                throw new CampaignException(string.Create(CultureInfo.InvariantCulture,
                    $"{path} has {free >> 20} MiB free, a run needs {LeastFreeBytes >> 20}; make room or choose another --out"));
            }
        }
    }
}
