using System.Globalization;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains;
using BenchmarkDotNet.Toolchains.Parameters;
using BenchmarkDotNet.Toolchains.Results;
using VirtualBench.Campaign;
using VirtualBench.Protocol;
using Measurement = VirtualBench.Protocol.Measurement;

namespace VirtualBench.Toolchain;

/// <summary>
/// Gives BenchmarkDotNet the recorded lines of a benchmark's boots: launch n is the n-th boot that has a figure. Its parser drops what it
/// cannot read without a word, and half a transcript would pass as a short one; so only sections that were read whole are handed over, and
/// what the parser made of them is held against what ours did.
/// </summary>
internal sealed class ReplayExecutor : IExecutor
{
    // What BenchmarkDotNet takes as an error that the benchmark's process reported.
    private const string ErrorPrefix = "// ERROR: ";

    private readonly Dictionary<BenchmarkCase, Cell> _cells = [];

    /// <summary>Says which cell stands behind a benchmark.</summary>
    public void Add(BenchmarkCase benchmark, Cell cell) => _cells.Add(benchmark, cell);

    public Cell CellOf(BenchmarkCase benchmark) => _cells[benchmark];

    public ExecuteResult Execute(ExecuteParameters executeParameters)
    {
        var launch = executeParameters.LaunchIndex;
        var cell = _cells[executeParameters.BenchmarkCase];
        if (launch > cell.Boots.Count)
        {
            return Refuse(cell.Reason ?? "there is no such boot", null, launch);
        }

        var boot = cell.Boots[launch - 1];
        var result = boot.Section is { } section
            ? Replay(section, boot.Trial.Transcript?.Lines ?? [], boot.Trial.ExitStatus, launch)
            : Replay(HostLines(boot.Value * cell.Figure.Scale), 0, launch);
        foreach (var line in result.StandardOutput)
        {
            executeParameters.Logger.WriteLine(LogKind.Default, Printable.Line(line, int.MaxValue));
        }

        return result;
    }

    /// <summary>Replays one section of a transcript; a result without measurements and with the reason when it is not whole.</summary>
    internal static ExecuteResult Replay(Section section, IReadOnlyList<ConsoleLine> transcript, int? exitStatus, int launch)
    {
        if (section.State != SectionState.Complete)
        {
            return Refuse(section.Reason ?? "the section is not complete", exitStatus, launch);
        }

        var (begin, count) = section.Lines.GetOffsetAndLength(transcript.Count);
        var result = Replay([.. transcript.Skip(begin).Take(count).Select(l => l.Text)], exitStatus, launch);
        return result.Measurements.Select(Describe).SequenceEqual(section.Measurements.Select(Describe))
            ? result
            : Refuse("BenchmarkDotNet read other measurements out of the transcript than were checked", exitStatus, launch);
    }

    // Only our own comments go with the measurements: BenchmarkDotNet acts on others ("// GC: ...") and a guest could have printed any.
    private static ExecuteResult Replay(IReadOnlyList<string> lines, int? exitStatus, int launch) => new(
        true, exitStatus, null,
        [.. lines.Where(l => !l.StartsWith("//", StringComparison.Ordinal))],
        [.. lines.Where(l => l.StartsWith("// VB: ", StringComparison.Ordinal))],
        lines, launch);

    private static ExecuteResult Refuse(string reason, int? exitStatus, int launch) =>
        new(true, exitStatus, null, [], [ErrorPrefix + Printable.Line(reason)], [], launch);

    // A time that the host took has no transcript; it is one operation that ran once.
    private static string[] HostLines(double nanoseconds)
    {
        var time = nanoseconds.ToString("F2", CultureInfo.InvariantCulture);
        return [$"WorkloadActual   1: 1 op, {time} ns, {time} ns/op", $"WorkloadResult   1: 1 op, {time} ns, {time} ns/op"];
    }

    private static (string, int, long, double) Describe(BenchmarkDotNet.Reports.Measurement measurement) => (
        measurement.IterationMode.ToString() + measurement.IterationStage, measurement.IterationIndex, measurement.Operations,
        measurement.Nanoseconds);

    private static (string, int, long, double) Describe(Measurement measurement) =>
        (measurement.Stage, measurement.Index, measurement.Operations, measurement.Nanoseconds);
}
