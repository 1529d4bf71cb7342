using VirtualBench.Plan;
using VirtualBench.Protocol;
using VirtualBench.Statistics;

namespace VirtualBench.Campaign;

/// <summary>Takes one probe's figures out of the attempts of one target's trials.</summary>
internal static class SampleReader
{
    /// <summary>Reads a cell.</summary>
    /// <param name="trials">The planned trials of the cell, one for each block.</param>
    /// <param name="attempts">Every attempt, by its trial's position.</param>
    public static Cell Read(
        ProbeSpecification probe, string implementation, string targetId, IReadOnlyList<PlannedTrial> trials,
        ILookup<int, TrialRecord> attempts)
    {
        var figure = FigureOf(probe);
        var boots = new List<BootFigure>();
        var missing = new List<(CellState State, string Reason)>();
        var tried = 0;
        var failed = 0;
        foreach (var trial in trials)
        {
            (CellState State, string Reason) last = (CellState.NotRun, "the run ended before it");
            foreach (var record in attempts[trial.Position].Where(r => r.Planned.Probes.Contains(probe)).OrderBy(r => r.Attempt))
            {
                tried++;
                if (Read(record, probe, figure, out var section, out var usage, out last) is { } value)
                {
                    boots.Add(new BootFigure(trial.Block, value, section, record, usage));
                    last = (CellState.Measured, "");
                    break;
                }

                if (last.State == CellState.Unsupported)
                {
                    break;
                }

                failed++;
            }

            if (last.State != CellState.Measured)
            {
                missing.Add(last);
            }
        }

        return new Cell(
            probe, figure, implementation, targetId, boots, trials.Count, tried, failed, State(boots.Count, missing),
            Reason(trials.Count, missing));
    }

    /// <summary>The cell of a target that cannot run the implementation's guest program.</summary>
    public static Cell Refused(ProbeSpecification probe, string implementation, string targetId, int plannedBoots, string reason) => new(
        probe, FigureOf(probe), implementation, targetId, [], plannedBoots, 0, 0, CellState.Unsupported, Printable.Line(reason));

    /// <summary>What went wrong in an attempt: each broken section by itself, else the start as a whole.</summary>
    public static IEnumerable<FailedAttempt> Failures(TrialRecord record)
    {
        var broken = Answers(record).Where(a => a.Section?.State is SectionState.Failed or SectionState.Invalid).ToList();
        foreach (var (probe, section, _) in broken)
        {
            yield return Failure(record, probe.ToString(), section!.Reason ?? "no reason was given");
        }

        if (broken.Count == 0 && record.Reason is { } reason)
        {
            yield return Failure(record, null, reason);
        }
    }

    private static ProbeFigure FigureOf(ProbeSpecification probe) => ProbeCatalogue.Find(probe.Id)?.Figure
        ?? throw new InvalidDataException($"the recording names an unknown probe '{probe.Id}'");

    private static FailedAttempt Failure(TrialRecord record, string? probe, string reason) => new(
        record.Planned.Block, record.Attempt, record.Planned.TargetId, record.Planned.Implementation, probe, Printable.Line(reason));

    // The guest answers in the order in which it was asked.
    private static IEnumerable<(ProbeSpecification Probe, Section? Section, SectionUsage? Usage)> Answers(TrialRecord record) =>
        ProbeCatalogue.InGuest(record.Planned.Probes).Select((probe, place) =>
            (probe, record.Transcript?.Sections.ElementAtOrDefault(place), record.Usage?.ElementAtOrDefault(place)));

    private static double? Read(
        TrialRecord record, ProbeSpecification probe, ProbeFigure figure, out Section? section, out SectionUsage? usage,
        out (CellState State, string Reason) missing)
    {
        section = null;
        usage = null;
        var trialReason = record.Reason ?? record.Transcript?.Fault;
        if (ProbeCatalogue.IsMeasuredByHost(probe.Id))
        {
            missing = (CellState.Failed, Printable.Line(trialReason ?? "the guest program never began"));
            return HostFigure.Of(probe.Id, record) is { } ns ? ns / figure.Scale : null;
        }

        var (_, answer, cost) = Answers(record).First(a => a.Probe.Equals(probe));
        if (answer is null || answer.Probe != probe.Id)
        {
            missing = (CellState.Failed, Printable.Line(trialReason ?? "the guest did not run it"));
            return null;
        }

        var reason = Printable.Line(answer.Reason ?? trialReason ?? "no reason was given");
        missing = (answer.State == SectionState.Unsupported ? CellState.Unsupported : CellState.Failed, reason);
        if (answer.State != SectionState.Complete)
        {
            return null;
        }

        section = answer;
        usage = cost;
        var value = SectionFigure.Of(answer, figure, out var fault);
        missing = (CellState.Failed, Printable.Line(fault ?? ""));
        return value;
    }

    private static CellState State(int measured, List<(CellState State, string Reason)> missing) =>
        missing.Count == 0 ? CellState.Measured
        : measured > 0 ? CellState.Partial
        : missing.Exists(m => m.State == CellState.Failed) ? CellState.Failed
        : missing.Exists(m => m.State == CellState.Unsupported) ? CellState.Unsupported
        : CellState.NotRun;

    private static string? Reason(int planned, List<(CellState State, string Reason)> missing)
    {
        if (missing.Count == 0)
        {
            return null;
        }

        // What failed says more than what was never tried.
        var worst = missing.Find(m => m.State == CellState.Failed) is { Reason: not null } failed ? failed
            : missing.Find(m => m.State == CellState.Unsupported) is { Reason: not null } unsupported ? unsupported
            : missing[0];
        return missing.Count == planned ? worst.Reason : $"{missing.Count} of {planned} boots are missing: {worst.Reason}";
    }
}

/// <summary>A section's figure.</summary>
internal static class SectionFigure
{
    /// <summary>
    /// The figure in its own unit: the median iteration's work per second or seconds per unit of work, or the metric that the probe
    /// reports. Null, with the reason, when the section does not hold what it takes.
    /// </summary>
    public static double? Of(Section section, ProbeFigure figure, out string? fault)
    {
        var metricName = figure.MetricName ?? "work";
        if (section.Metrics.FirstOrDefault(m => m.Name == metricName) is not { } metric)
        {
            fault = $"the guest did not report its metric '{metricName}'";
            return null;
        }

        fault = null;
        if (figure.MetricName is not null)
        {
            return Finite(metric.Value / figure.Scale, ref fault);
        }

        if (metric.Unit != figure.Work || !(metric.Value > 0))
        {
            fault = $"the guest's work of {metric.Value:R} '{metric.Unit}' per operation is not in '{figure.Work}'";
            return null;
        }

        return Finite(
            OfTime(BootMedian.Of(section.Results.Select(r => r.NanosecondsPerOperation)), metric.Value, figure), ref fault);
    }

    /// <summary>
    /// Every iteration by itself, in the figure's unit, of a section that gives a figure; none when the figure is a metric of its own, and
    /// none of iterations too short to be told as a rate.
    /// </summary>
    public static IEnumerable<double> OfIterations(Section section, ProbeFigure figure) =>
        figure.MetricName is not null || section.Metrics.FirstOrDefault(m => m.Name == "work") is not { } work ? []
        : section.Results.Select(r => OfTime(r.NanosecondsPerOperation, work.Value, figure)).Where(double.IsFinite);

    private static double OfTime(double nanosecondsPerOperation, double workPerOperation, ProbeFigure figure)
    {
        var secondsPerWork = nanosecondsPerOperation * 1e-9 / workPerOperation;
        return (figure.HigherIsBetter ? 1 / secondsPerWork : secondsPerWork) / figure.Scale;
    }

    // A time of 0 is shorter than the overhead that was subtracted: as a time it can be told, as a rate it cannot.
    private static double? Finite(double value, ref string? fault)
    {
        fault = double.IsFinite(value) && value >= 0 ? null : "the iterations took no measurable time";
        return fault is null ? value : null;
    }
}
