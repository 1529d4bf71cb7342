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

        if (result.Reason is { } reason)
        {
            yield return reason;
        }
    }
}
