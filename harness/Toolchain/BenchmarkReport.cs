using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using VirtualBench.Campaign;

namespace VirtualBench.Toolchain;

/// <summary>BenchmarkDotNet's own reports of a recording.</summary>
public static class BenchmarkReport
{
    /// <summary>
    /// Writes them below <paramref name="directory"/>: <c>results/*</c> for each class of probes, and BenchmarkDotNet's log. Replaces those
    /// of an earlier call; prints nothing.
    /// </summary>
    public static IReadOnlyList<Summary> Write(Recording recording, string directory)
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

        return Write(Samples.From(recording), ManualConfig.CreateEmpty().WithArtifactsPath(directory));
    }

    /// <summary>Replays into BenchmarkDotNet with what the user's configuration asks for.</summary>
    internal static IReadOnlyList<Summary> Write(Samples samples, IConfig config)
    {
        var runs = RecordedBenchmarks.From(samples, config);
        if (runs.Length == 0)
        {
            return [];
        }

        var summaries = BenchmarkRunner.Run(runs);
        var errors = summaries.SelectMany(s => s.ValidationErrors).Where(e => e.IsCritical).ToList();
        return errors.Count == 0
            ? summaries
            : throw new InvalidOperationException("BenchmarkDotNet refused the recording: " + errors[0].Message);
    }
}
