using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using VirtualBench.Campaign;

namespace VirtualBench.Toolchain;

/// <summary>BenchmarkDotNet's own reports of a recording.</summary>
public static class BenchmarkReport
{
    // BenchmarkDotNet's JSON serialiser keeps its indentation in a static field: two reports at a time spoil it for the rest of the
    // process, and every JSON file stays empty from then on.
    private static readonly Lock OneAtATime = new();

    /// <summary>
    /// Writes them below <paramref name="directory"/>: <c>results/*</c> for each class of probes, and BenchmarkDotNet's log. Replaces those
    /// of an earlier call; prints nothing.
    /// </summary>
    /// <exception cref="IOException">A file stayed empty: BenchmarkDotNet tells an exporter's failure to its log alone.</exception>
    public static IReadOnlyList<Summary> Write(Samples samples, string directory)
    {
        Clear(directory);
        var summaries = Write(samples, ManualConfig.CreateEmpty().WithArtifactsPath(directory));
        var empty = Directory.EnumerateFiles(directory, "*-report*", SearchOption.AllDirectories)
            .FirstOrDefault(IsEmpty);
        return empty is null ? summaries
            : throw new IOException($"BenchmarkDotNet left {empty} empty; its log in {directory} says why");
    }

    // The JSON files are one line of megabytes.
    private static bool IsEmpty(string file)
    {
        using var reader = File.OpenText(file);
        var beginning = new char[64];
        return beginning.AsSpan(0, reader.ReadBlock(beginning)).IsWhiteSpace();
    }

    private static void Clear(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (var log in Directory.EnumerateFiles(directory, "*.log"))
        {
            File.Delete(log);
        }

        if (Directory.Exists(Path.Combine(directory, "results")))
        {
            Directory.Delete(Path.Combine(directory, "results"), recursive: true);
        }
    }

    /// <summary>Replays into BenchmarkDotNet with what the user's configuration asks for.</summary>
    internal static IReadOnlyList<Summary> Write(Samples samples, IConfig config)
    {
        var runs = RecordedBenchmarks.From(samples, config);
        if (runs.Length == 0)
        {
            return [];
        }

        Summary[] summaries;
        lock (OneAtATime)
        {
            summaries = BenchmarkRunner.Run(runs);
        }

        var errors = summaries.SelectMany(s => s.ValidationErrors).Where(e => e.IsCritical).ToList();
        return errors.Count == 0
            ? summaries
            : throw new InvalidOperationException("BenchmarkDotNet refused the recording: " + errors[0].Message);
    }
}
