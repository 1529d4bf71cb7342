using System.Diagnostics;
using System.Text.Json;
using VirtualBench.Campaign;
using VirtualBench.Reports;

namespace VirtualBench.SelfCheck;

/// <summary>
/// Runs campaigns whose truth is known and counts the verdicts: how often the harness sees a difference that is not there, and how often it
/// misses one that is.
/// </summary>
internal static class SelfChecker
{
    /// <param name="measure">Runs one campaign, given its request and its number from 1.</param>
    /// <param name="simulated">Whether its figures are drawn at random.</param>
    /// <param name="progress">Called after each campaign with the number of those done and their report.</param>
    /// <returns>The report of all campaigns, or when cancelled of those that were done by then, of which it tells the number.</returns>
    /// <exception cref="OperationCanceledException">Cancelled in the first campaign.</exception>
    public static async Task<SelfCheckReport> RunAsync(
        SelfCheckRequest request, bool simulated, Func<Plan.RunRequest, int, Task<Recording>> measure,
        Action<int, Func<SelfCheckReport>> progress)
    {
        var elapsed = Stopwatch.StartNew();
        var startedUtc = DateTimeOffset.UtcNow;
        var slowdown = 1 + (request.SlowdownPercent / 100);
        var (same, slowed) = (new Tally(1), new Tally(slowdown));
        var byProbe = new OrderedDictionary<(string Probe, string Implementation), (Tally Same, Tally Slowed)>();
        Recording? last = null;
        var done = 0;
        var verdictsOnly = new ReportOptions(VerdictsOnly: true);
        foreach (var campaign in request.Requests())
        {
            try
            {
                last = await measure(campaign, done + 1).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (done > 0)
            {
                break;
            }

            done++;
            foreach (var result in ReportBuilder.Build(last, verdictsOnly).Results.Where(r => r.Verdict != "baseline"))
            {
                var key = (ReportMatrix.Label(result), result.Implementation);
                if (!byProbe.TryGetValue(key, out var own))
                {
                    byProbe[key] = own = (new Tally(1), new Tally(slowdown));
                }

                var isSlowed = result.Target == SelfCheckRequest.Slowed;
                (isSlowed ? slowed : same).Add(result);
                (isSlowed ? own.Slowed : own.Same).Add(result);
            }

            progress(done, Report);
        }

        return Report();

        SelfCheckReport Report()
        {
            var plan = last!.Plan;
            return new SelfCheckReport(
                SelfCheckReport.CurrentSchema, request.Target, simulated, startedUtc, elapsed.Elapsed.TotalSeconds, request.Seed, done,
                plan.Preset, plan.Precision?.LeastBoots ?? plan.Boots, plan.Precision?.Percent, plan.MarginPercent, request.SlowdownPercent,
                plan.Order == Plan.TrialOrder.Interleaved ? "interleaved" : "sequential", request.IsDisturbed, same.Counts(),
                slowed.Counts(),
                [.. byProbe.Select(p => new SelfCheckProbe(
                    p.Key.Probe, p.Key.Implementation, p.Value.Same.Counts(), p.Value.Slowed.Counts()))],
                last.Environment.ValueKind == JsonValueKind.Undefined ? null : last.Environment);
        }
    }
}
