using VirtualBench.Plan;
using VirtualBench.SelfCheck;
using VirtualBench.Targets;

namespace VirtualBench.Tests.SelfCheck;

/// <summary>Self-checks on simulated targets, with fixed seeds.</summary>
internal static class SimulatedCheck
{
    public static Task<SelfCheckReport> RunAsync(
        string target, int campaigns, double margin = 1, double slowdown = 3, int boots = 10, TrialOrder order = TrialOrder.Interleaved,
        double? precision = null, int? mostBoots = null, string probes = "os.clock,mem.triad", string? file = null, ulong seed = 20261125,
        int? cancelIn = null, Action<SelfCheckReport>? each = null)
    {
        var run = new RunRequest(
            "quick", Probes: probes, Implementations: "c", Boots: boots, MarginPercent: margin, Order: order, PrecisionPercent: precision,
            MostBoots: mostBoots);
        var request = new SelfCheckRequest(target, campaigns, slowdown, run, seed);
        request.Validate();
        var images = new Dictionary<string, string>();
        if (file is not null)
        {
            images[SimTarget.ImageName] = file;
        }

        var session = new TargetSession("test", "/none", null, (_, _) => null, images: images);
        return SelfChecker.RunAsync(
            request, simulated: true,
            (campaign, number) => number == cancelIn ? throw new OperationCanceledException() : SimulatedCampaign.RunAsync(
                campaign, TargetsOf(campaign), name => TargetCatalogue.Standard.Create(name, session),
                TestContext.Current.CancellationToken),
            (_, reportOf) => each?.Invoke(reportOf()));
    }

    private static IReadOnlyList<PlannedTarget> TargetsOf(RunRequest request) =>
    [
        .. PlanBuilder.ReadTargets(request.Targets!, TargetCatalogue.Standard.WhyUnknown)
            .Select(t => t with { SlowdownPercent = request.Slowdowns!.TryGetValue(t.Id, out var percent) ? percent : null }),
    ];
}
