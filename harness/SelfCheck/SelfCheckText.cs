using System.Globalization;

namespace VirtualBench.SelfCheck;

/// <summary>A self-check as text.</summary>
internal static class SelfCheckText
{
    public static void Write(SelfCheckReport report, TextWriter output)
    {
        var end = report.PrecisionPercent is { } percent
            ? Invariant($"{report.Boots} blocks or more, until known to within {percent} %")
            : Invariant($"{report.Boots} blocks");
        output.WriteLine(Invariant(
            $"{report.Campaigns} campaigns on {report.Target}{(report.Simulated ? " (simulated, not measured)" : "")}, {end}, ")
            + report.Order + (report.Disturbed ? ", other work from half way on" : "")
            + Invariant($", margin {report.MarginPercent} %, seed {report.Seed}, {report.WallSeconds:F0} s"));
        output.WriteLine();
        Write("the target against itself", report.Same, "false alarms", report.Same.Different, output);
        Write(
            Invariant($"against itself slowed down by {report.SlowdownPercent} %"), report.Slowed, "called worse",
            report.Slowed.CalledWorse, output);
        var width = report.Probes.Max(p => p.Probe.Length);
        output.WriteLine($"{"probe".PadRight(width)}  impl.  false alarms  called worse  detectable");
        foreach (var probe in report.Probes)
        {
            output.WriteLine(Invariant($"{probe.Probe.PadRight(width)}  {probe.Implementation,-5}  {Percent(probe.Same.Different.Rate),12}")
                + Invariant($"  {Percent(probe.Slowed.CalledWorse.Rate),12}  {Percent(probe.Same.MedianDetectablePercent / 100),10}"));
        }
    }

    /// <summary>A line now and then.</summary>
    public static void Progress(int done, int campaigns, TextWriter output)
    {
        if (done == campaigns || done % Math.Max(1, campaigns / 20) == 0)
        {
            output.WriteLine(Invariant($"{done} of {campaigns} campaigns"));
        }
    }

    private static void Write(string what, SelfCheckCounts counts, string rateName, SelfCheckRate rate, TextWriter output)
    {
        output.WriteLine(Invariant(
            $"{what}: {counts.Comparisons} comparisons of {counts.MeanBoots:F1} blocks, true ratio {counts.TrueRatio}"));
        output.WriteLine($"  {rateName}: {Describe(rate)}");
        output.WriteLine($"  that survive Holm's correction: {Describe(counts.SurviveHolm)}");
        output.WriteLine($"  intervals that hold the true ratio: {Describe(counts.Coverage)}");
        output.WriteLine(Invariant($"  worse {counts.Worse}, better {counts.Better}, equivalent {counts.Equivalent}, ")
            + Invariant($"inconclusive {counts.Inconclusive} (of these without interval: {counts.WithoutInterval})"));
        output.WriteLine(Invariant($"  median of the estimates {counts.MedianRatio:F4}; ")
            + $"minimum detectable effect (80 % power): {Percent(counts.MedianDetectablePercent / 100)} beyond the margin");
        output.WriteLine();
    }

    private static string Describe(SelfCheckRate rate) =>
        Invariant($"{rate.Count} of {rate.Of}, {Percent(rate.Rate)} [{Percent(rate.Ci95[0])}, {Percent(rate.Ci95[1])}]");

    private static string Percent(double? share) => share is { } s ? Invariant($"{100 * s:F2} %") : "-";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
