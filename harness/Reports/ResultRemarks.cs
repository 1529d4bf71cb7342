namespace VirtualBench.Reports;

/// <summary>What has to be known when a result's figure is read.</summary>
public static class ResultRemarks
{
    /// <summary>Short clauses without markup, none when there is nothing to say.</summary>
    public static IEnumerable<string> Of(ReportResult result, bool emulated)
    {
        if (emulated)
        {
            yield return "emulated";
        }

        if (result.Comparison is "other-architecture" or "other-binary")
        {
            yield return result.Comparison == "other-binary" ? "compared with another guest binary" : "compared across architectures";
        }

        if (result.FailedAttempts > 0)
        {
            yield return FormattableString.Invariant($"{result.FailedAttempts} of {result.Attempts} attempts failed");
        }

        foreach (var remark in OfStatistics(result))
        {
            yield return remark;
        }

        if (result.Reason is { } reason)
        {
            yield return reason;
        }
    }

    /// <summary>Letters for a cell of a table, each explained by <see cref="MarksLegend"/>; empty when there is nothing to say.</summary>
    public static string Marks(ReportResult result) => string.Concat(
        result.Modes?.Several == true ? "h" : "", Drifted(result.Drift) || Drifted(result.RatioDrift) ? "d" : "",
        result.Outliers?.Count > 0 ? "o" : "", FallsToFamily(result) ? "f" : "");

    public static string MarksLegend =>
        "h: several humps, no single figure describes it; d: it drifted or jumped during the run; o: a boot stands apart; "
        + "f: the difference does not hold once all comparisons of the run are considered (Holm).";

    /// <summary>What the statistics say against taking the figure at face value.</summary>
    internal static IEnumerable<string> OfStatistics(ReportResult result)
    {
        if (result.Modes?.Several == true)
        {
            var humps = result.Modes.Boots?.Count > 1 ? result.Modes.Boots : result.Modes.Iterations!;
            yield return $"several humps, at {string.Join(" and ", humps.Select(Text.Figure))} {result.Unit}";
        }

        if (Drifted(result.Drift))
        {
            yield return "the figure " + Words(result.Drift!);
        }

        if (Drifted(result.RatioDrift))
        {
            yield return "the ratio " + Words(result.RatioDrift!);
        }

        if (result.Outliers?.Count > 0)
        {
            yield return "stands apart: " + string.Join(", ", result.Outliers.Select(o =>
                FormattableString.Invariant($"block {o.Block} ({Text.Figure(o.Value)} {result.Unit}, {o.Side})")));
        }

        if (FallsToFamily(result))
        {
            yield return $"does not hold in view of all comparisons (adjusted p {Text.Short(result.Holm!.AdjustedPValue)})";
        }
    }

    // Where so few blocks could not survive whatever they measured, that is said once, of the run.
    private static bool FallsToFamily(ReportResult result) =>
        result.Verdict is "worse" or "better" && result.Holm is { Survives: false, Attainable: true };

    private static bool Drifted(ReportDrift? drift) => drift is { Trend: not "none" } or { ChangeBlock: not null };

    private static string Words(ReportDrift drift) => drift.ChangeBlock is { } block
        ? FormattableString.Invariant($"changed by {drift.ChangePercent ?? 0:0.#} % at block {block}")
        : $"went {drift.Trend} over the run";
}
