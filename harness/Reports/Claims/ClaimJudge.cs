using System.IO.Enumeration;
using VirtualBench.Statistics;

namespace VirtualBench.Reports.Claims;

/// <summary>
/// Holds statements against results. Emulated targets are never judged, and what the run does not hold makes a claim untestable: nothing is
/// concluded from a part of what it speaks of.
/// </summary>
public static class ClaimJudge
{
    public static IReadOnlyList<ReportClaim> Judge(IEnumerable<ClaimFile> files, ReportDocument report) =>
        [.. files.SelectMany(file => file.Claims.Select(claim => Judge(file.Source, claim, report)))];

    private static ReportClaim Judge(string source, Claim claim, ReportDocument report)
    {
        var (outcome, reason, evidence) = claim.Measure == ClaimMeasure.Completion
            ? CompletionClaim.Judge(claim, report)
            : JudgeRatios(claim, report);
        return new ReportClaim(
            claim.Id, source, claim.Condition, claim.Statement, claim.Reading, outcome, Protocol.Printable.Line(reason, 1000), evidence);
    }

    /// <summary>Whether a target is of an engine: <c>docker</c> is also <c>docker:crun</c>, on any network.</summary>
    internal static bool IsOf(ReportTarget target, string engine)
    {
        var name = target.Engine.Split('@', '+')[0];
        return name == engine || name.StartsWith(engine + ":", StringComparison.Ordinal);
    }

    private static (string Outcome, string Reason, IReadOnlyList<ReportEvidence> Evidence) JudgeRatios(Claim claim, ReportDocument report)
    {
        var here = report.Targets.Where(t => claim.Arch is null || t.Arch == claim.Arch).ToList();
        var probes = report.Results.Where(r => claim.Probes!.Any(p => Matches(p, r))).ToList();
        var candidates = here.Where(t => claim.Networks is null || claim.Networks.Contains(t.Network ?? "none")).ToList();
        var against = here
            .Where(t => IsOf(t, claim.Against!) && (claim.AgainstNetwork is null || t.Network == claim.AgainstNetwork)).ToList();
        var judgedAgainst = against.Find(IsJudged);
        var obstacles = new List<string>();
        if (here.Count == 0)
        {
            obstacles.Add($"no target of this run is {claim.Arch}");
        }
        else if (judgedAgainst is null)
        {
            obstacles.Add(WhyNot(claim.Against!, against, claim.AgainstNetwork is { } network ? " on " + network : ""));
        }

        if (probes.Count == 0)
        {
            obstacles.Add("the run has none of its probes (" + string.Join(", ", claim.Probes!) + ")");
        }

        foreach (var group in here.Count == 0 ? [] : claim.Targets)
        {
            if (!candidates.Any(t => group.Any(e => IsOf(t, e)) && IsJudged(t) && t != judgedAgainst))
            {
                var there = candidates.Where(t => group.Any(e => IsOf(t, e))).ToList();
                var networks = claim.Networks is null ? "" : " on " + string.Join(" or ", claim.Networks);
                obstacles.Add(WhyNot(string.Join(" or ", group), there, networks));
            }
        }

        var targets = candidates.Where(t => claim.Targets.SelectMany(g => g).Any(e => IsOf(t, e))).ToList();
        if (obstacles.Count > 0)
        {
            var standIn = judgedAgainst ?? here.Find(t => claim.StandIn is not null && IsOf(t, claim.StandIn) && t.Usable);
            return ("not-testable", string.Join("; ", obstacles.Distinct()), standIn is null ? []
                :
                [
                    .. targets.Where(t => t != standIn).Select(t => Evidence(claim, probes, [t], standIn, judged: false))
                        .OfType<ReportEvidence>(),
                ]);
        }

        List<ReportTarget> judged = [.. targets.Where(t => IsJudged(t) && t != judgedAgainst)];
        var each = judged.Select(t => Evidence(claim, probes, [t], judgedAgainst!, judged: true)).OfType<ReportEvidence>().ToList();
        var mean = claim.Combine == ClaimCombination.GeometricMean && judged.Count > 1
            ? Evidence(claim, probes, judged, judgedAgainst!, judged: true) : null;
        var (outcome, reason) = Decide(claim, mean is null ? each : [mean]);
        return (outcome, reason, mean is null ? each : [mean, .. each]);
    }

    private static (string Outcome, string Reason) Decide(Claim claim, List<ReportEvidence> evidence)
    {
        var low = claim.Low ?? 0;
        var high = claim.High ?? double.PositiveInfinity;
        var outside = evidence.Where(e => e.RatioCi95 is [var l, var h] && (h < low || l > high)).ToList();
        if (outside.Count > 0)
        {
            return ("contradicted", "outside of what is claimed: " + string.Join("; ", outside.Select(Words)));
        }

        var open = evidence.Where(e => !(e.RatioCi95 is [var l, var h] && l >= low && h <= high)).ToList();
        return evidence.Count == 0 ? ("inconclusive", "no block holds both sides")
            : open.Count > 0 ? ("inconclusive", "not decided: " + string.Join("; ", open.Select(e => e.Reason ?? Words(e))))
            : ("reproduced", "within what is claimed: " + string.Join("; ", evidence.Select(Words)));
    }

    private static string Words(ReportEvidence evidence) =>
        $"{evidence.What}: {Text.Ratio(evidence.Ratio ?? double.NaN)} {ReportMatrix.Interval(evidence.RatioCi95, Text.Ratio)}".TrimEnd();

    /// <summary>The geometric mean of all ratios of some targets; null when nothing of it was measured.</summary>
    private static ReportEvidence? Evidence(
        Claim claim, List<ReportResult> probes, List<ReportTarget> targets, ReportTarget against, bool judged)
    {
        var pairs = (from result in probes
                     where targets.Exists(t => t.Id == result.Target) && result.BootFigures.Count > 0
                     let other = probes.On(against.Id, result)
                     where other?.BootFigures.Count > 0 && (result.GuestBinary == other.GuestBinary || result.Comparison == "other-binary")
                     select (result, other)).ToList();
        if (pairs.Count == 0)
        {
            return null;
        }

        var estimate = BlockRatios.GeometricMean(pairs);
        var names = string.Join(", ", targets.Select(Name)) + " against " + Name(against);
        var count = pairs.Select(p => ReportMatrix.Label(p.result)).Distinct().Count();
        var what = names + (count > 1 ? FormattableString.Invariant($" (geometric mean of {count} probes)") : "");
        var inverse = claim.Measure == ClaimMeasure.Throughput;
        return new ReportEvidence(
            what, inverse ? 1 / estimate.Value : estimate.Value,
            estimate.Interval is { } i ? inverse ? [1 / i.High, 1 / i.Low] : [i.Low, i.High] : null, judged, estimate.Reason);
    }

    private static bool IsJudged(ReportTarget target) => target.Usable && target.Acceleration != "emulation";

    private static string Name(ReportTarget target) => target.Acceleration == "emulation" ? target.Id + " (emulated)" : target.Id;

    private static string WhyNot(string engines, List<ReportTarget> there, string where) =>
        there.Find(t => !t.Usable) is { } unusable ? $"{unusable.Id} is not usable ({unusable.Reason})"
        : there.Count > 0 ? $"{string.Join(", ", there.Select(t => t.Id))}: emulated here, which is never judged"
        : $"the run has no {engines}{where}";

    private static bool Matches(string pattern, ReportResult result) =>
        pattern.Contains('{', StringComparison.Ordinal)
            ? ReportMatrix.Label(result) == pattern
            : FileSystemName.MatchesSimpleExpression(pattern, result.Probe, ignoreCase: false);
}
