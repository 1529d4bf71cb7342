using System.Globalization;
using VirtualBench.Campaign;
using VirtualBench.Statistics;

namespace VirtualBench.Reports;

/// <summary>
/// How starts of one target went, in phases: medians over its good starts, each in ms since the harness asked for the instance; null where
/// the engine does not tell that point.
/// </summary>
/// <param name="Starts">Good starts, the guest programs of an implementation being one program.</param>
/// <param name="AcceptedMs">The engine took the request: the container or the domain exists.</param>
/// <param name="StartedMs">The engine's process runs.</param>
/// <param name="FirstByteMs">The first byte from the guest, firmware and kernel included.</param>
/// <param name="MainMs">The first byte that the guest program's main wrote: life.boot.</param>
/// <param name="ExitMs">From the guest program's last line until all was released: life.exit.</param>
public sealed record ReportStart(
    string Target, string Implementation, int Starts, double? AcceptedMs, double? StartedMs, double? FirstByteMs, double? MainMs,
    double? ExitMs);

/// <summary>Works the phases of starts out of a recording.</summary>
public static class StartPhases
{
    /// <summary>The titles of <see cref="Fields"/>.</summary>
    public static IReadOnlyList<string> Titles { get; } =
        ["target", "program", "starts", "accepted, ms", "engine runs, ms", "first byte, ms", "main, ms", "exit, ms"];

    /// <summary>How to read them; no markup.</summary>
    public static string Legend =>
        "Medians since the request for an instance; exit: from the program's last line until everything was released.";

    /// <summary>One line for each target and implementation, in the order of the plan.</summary>
    public static IReadOnlyList<ReportStart> From(Recording recording)
    {
        var good = recording.Trials.Where(t => t.Reason is null).ToLookup(t => (t.Planned.TargetId, t.Planned.Implementation));
        return
        [
            .. from target in recording.Plan.Targets
               from implementation in recording.Plan.Implementations
               let trials = good[(target.Id, implementation)].ToList()
               where trials.Count > 0
               select new ReportStart(
                   target.Id, implementation, trials.Count,
                   Median(trials, t => t.Times.AcceptedNs - t.Times.RequestNs),
                   Median(trials, t => t.Times.StartedNs - t.Times.RequestNs),
                   Median(trials, t => t.Times.FirstByteNs - t.Times.RequestNs),
                   Median(trials, t => HostFigure.Of("life.boot", t)),
                   Median(trials, t => HostFigure.Of("life.exit", t))),
        ];
    }

    /// <summary>A line of the table, without markup.</summary>
    public static IReadOnlyList<string> Fields(ReportStart start) =>
    [
        start.Target, start.Implementation, start.Starts.ToString(CultureInfo.InvariantCulture),
        .. new[] { start.AcceptedMs, start.StartedMs, start.FirstByteMs, start.MainMs, start.ExitMs }
            .Select(ms => ms is { } value ? Text.Figure(value) : "-"),
    ];

    private static double? Median(List<TrialRecord> trials, Func<TrialRecord, long?> elapsedNs)
    {
        var known = trials.Select(elapsedNs).OfType<long>().Select(ns => ns / 1e6).ToList();
        return known.Count == 0 ? null : BootMedian.Of(known);
    }
}
