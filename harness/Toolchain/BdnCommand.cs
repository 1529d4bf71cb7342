using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using VirtualBench.Campaign;
using VirtualBench.Protocol;

namespace VirtualBench.Toolchain;

/// <summary><c>bdn ARGS</c>: BenchmarkSwitcher's arguments, our campaign, BenchmarkDotNet's report.</summary>
public static class BdnCommand
{
    /// <summary>On the process's own console.</summary>
    public static Task<int> RunAsync(
        IReadOnlyList<string> arguments, Func<BdnSelection, CancellationToken, Task<Recording>> measure, CancellationToken cancellation) =>
        RunAsync(arguments, measure, Console.Out, Console.Error, cancellation);

    /// <summary>
    /// Exit status 0 done, 1 a trial failed, 2 the arguments are wrong. What <paramref name="measure"/> throws goes through.
    /// </summary>
    /// <param name="measure">Runs a campaign for a selection.</param>
    /// <param name="output">Listings and summaries.</param>
    /// <param name="error">One line for what went wrong.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, Func<BdnSelection, CancellationToken, Task<Recording>> measure, TextWriter output,
        TextWriter error, CancellationToken cancellation)
    {
        if (!BdnArguments.TryRead(arguments, out var read, out var message))
        {
            var asked = arguments.Any(a => a is "--help" or "--version");
            await (asked ? output : error).WriteLineAsync(asked ? message : FirstLine(message)).ConfigureAwait(false);
            return asked ? 0 : 2;
        }

        if (read.Lists)
        {
            var listing = new AccumulationLogger();
            BenchmarkSwitcher.FromTypes(ProbeMethods.Types).Run(read.Arguments, ManualConfig.CreateEmpty().AddLogger(listing));
            await output.WriteAsync(listing.GetLog()).ConfigureAwait(false);
            return 0;
        }

        var selection = read.Select();
        var objection = selection.Probes.Count == 0 ? "no probe matches the filter; bdn --list flat shows them"
            : selection.MinIterations > selection.MaxIterations ? "--minIterationCount is greater than --maxIterationCount"
            : null;
        if (objection is not null)
        {
            await error.WriteLineAsync(objection).ConfigureAwait(false);
            return 2;
        }

        var recording = await measure(selection, cancellation).ConfigureAwait(false);
        var table = new AccumulationLogger();
        foreach (var summary in BenchmarkReport.Write(Samples.From(recording), read.Config))
        {
            MarkdownExporter.Console.ExportToLog(summary, table);
            table.WriteLine();
            table.WriteLine("Reports: " + summary.ResultsDirectoryPath);
        }

        await output.WriteAsync(table.GetLog()).ConfigureAwait(false);
        return recording.Trials.Any(t => t.Reason is not null) ? 1 : 0;
    }

    // BenchmarkDotNet's parser answers a wrong option with its whole help text; the reason is the line after "ERROR(S):".
    private static string FirstLine(string message)
    {
        var lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var errors = Array.FindIndex(lines, l => l.StartsWith("ERROR(S)", StringComparison.Ordinal));
        return lines.Length == 0 ? "BenchmarkDotNet does not take these arguments; bdn --help shows what it takes"
            : Printable.Line(errors >= 0 && errors + 1 < lines.Length ? lines[errors + 1] : lines[0]);
    }
}
