namespace VirtualBench.Reports.Claims;

/// <summary>
/// A claim about whether targets complete their probes at all. A target does when each probe of the run either has a figure from every boot
/// that was run or is one that the guest says it cannot run, and at least one has figures. A boot that a run ended before says nothing.
/// </summary>
internal static class CompletionClaim
{
    public static (string Outcome, string Reason, IReadOnlyList<ReportEvidence> Evidence) Judge(Claim claim, ReportDocument report)
    {
        var engines = claim.Targets.SelectMany(g => g).ToList();
        var targets = report.Targets.Where(t => (claim.Arch is null || t.Arch == claim.Arch)
            && (claim.Networks is null || claim.Networks.Contains(t.Network ?? "none"))
            && engines.Exists(e => ClaimJudge.IsOf(t, e)) && t.Usable && report.Results.Any(r => r.Target == t.Id && r.State != "not-run"))
            .ToList();
        if (targets.Count == 0)
        {
            return ("not-testable", $"none of {string.Join(", ", engines)}"
                + $"{(claim.Arch is null ? "" : " for " + claim.Arch)} ran", []);
        }

        var complete = targets.Where(t => Completes(report, t.Id)).Select(t => t.Id).ToList();
        var incomplete = targets.Select(t => t.Id).Except(complete).ToList();
        if (complete.Count == 0 && incomplete.Find(t => !report.Results.Any(r => r.Target == t && Failed(report, r))) is { } unfinished)
        {
            return ("inconclusive", $"the run ended before {unfinished} had run every probe", []);
        }

        var outcome = (complete.Count > 0) == claim.Completes ? "reproduced" : "contradicted";
        var reason = complete.Count > 0
            ? $"{string.Join(", ", complete)} completed every probe in every boot"
                + (incomplete.Count > 0 ? $"; {string.Join(", ", incomplete)} did not" : "")
            : $"{string.Join(", ", incomplete)} did not complete every probe";
        return (outcome, reason, []);
    }

    private static bool Completes(ReportDocument report, string target)
    {
        var results = report.Results.Where(r => r.Target == target).ToList();
        return results.TrueForAll(r => r.State is "measured" or "unsupported" || (r.State == "partial" && !Failed(report, r)))
            && results.Exists(r => r.Boots > 0);
    }

    /// <summary>Whether a boot was run and gave no figure, repeated starts included.</summary>
    private static bool Failed(ReportDocument report, ReportResult result) => result.State != "unsupported"
        && report.Failures.Any(f => f.Target == result.Target && f.Implementation == result.Implementation
            && (f.Probe is null || f.Probe == ReportMatrix.Label(result)) && result.BootFigures.All(b => b.Block != f.Block));
}
