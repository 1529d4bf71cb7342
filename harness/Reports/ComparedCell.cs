using VirtualBench.Campaign;
using VirtualBench.Statistics;

namespace VirtualBench.Reports;

/// <summary>A cell held against its baseline's.</summary>
/// <param name="Estimate">The ratio of the two, or the reason why there is none.</param>
/// <param name="Comparison">As <see cref="ReportResult.Comparison"/>.</param>
internal sealed record ComparedCell(Cell Cell, Cell? Baseline, RatioEstimate Estimate, string Comparison)
{
    /// <summary>Every cell, in the order of the samples, with the confidence that the plan asks for.</summary>
    /// <param name="allowOtherBinary">Form ratios between different guest programs for one architecture, too.</param>
    public static IReadOnlyList<ComparedCell> Of(Samples samples, bool allowOtherBinary)
    {
        var plan = samples.Recording.Plan;
        var cells = samples.Cells.ToDictionary(c => (c.Probe, c.Implementation, c.TargetId));
        var baselineOf = plan.Targets.ToDictionary(t => t.Id, t => plan.BaselineOf(t)?.Id);
        var architectureOf = samples.Targets.ToDictionary(t => t.Id, t => t.Architecture);
        return
        [
            .. from cell in samples.Cells
               let baseline = cells.GetValueOrDefault((cell.Probe, cell.Implementation, baselineOf[cell.TargetId] ?? ""))
               select Compare(cell, baseline, architectureOf, plan.Confidence, allowOtherBinary),
        ];
    }

    private static ComparedCell Compare(
        Cell cell, Cell? baseline, Dictionary<string, string> architectureOf, double confidence, bool allowOtherBinary)
    {
        var architecture = architectureOf[cell.TargetId];
        var baselineArchitecture = baseline is null ? "" : architectureOf[baseline.TargetId];
        var comparison = architecture != baselineArchitecture ? "other-architecture" : "same-binary";
        if (baseline is null)
        {
            return With(new RatioEstimate(null, null, 0, "the baseline did not run it"));
        }

        if (baseline.TargetId == cell.TargetId)
        {
            return With(new RatioEstimate(cell.Boots.Count > 0 ? 1 : null, null, cell.Boots.Count, null));
        }

        if (architecture == baselineArchitecture && cell.Builds.Concat(baseline.Builds).Distinct().Count() > 1)
        {
            comparison = "other-binary";
            if (!allowOtherBinary)
            {
                return With(new RatioEstimate(null, null, 0, "no ratio: it ran another guest binary than the baseline"));
            }
        }

        return With(Paired.Ratio(cell, baseline, confidence));

        ComparedCell With(RatioEstimate estimate) => new(cell, baseline, estimate, comparison);
    }
}
