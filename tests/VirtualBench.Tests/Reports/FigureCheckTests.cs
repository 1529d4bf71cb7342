using System.Text.Json;
using VirtualBench.Plan;
using VirtualBench.Reports;

namespace VirtualBench.Tests.Reports;

/// <summary>What report.json says of a figure besides its median.</summary>
public class FigureCheckTests
{
    [Fact]
    public void Each_comparison_is_seen_in_view_of_the_others()
    {
        // Ten blocks: the clearest p-value is 2/1024. One of two targets is 20 % slower, the other is the same.
        var report = Build(10, (target, _, block) =>
            (100 + (0.01 * block)) * (target == "docker" ? 1.2 : target == "lxc" ? Alternate(block) : 1));
        var (docker, lxc) = (report.Results[1], report.Results[2]);
        Assert.Equal(2, report.Run.Comparisons);
        Assert.Equal(7, report.Run.HolmLeastBoots);
        Assert.Equal(2.0 / 1024, docker.Holm!.PValue, 12);
        Assert.Equal(4.0 / 1024, docker.Holm.AdjustedPValue, 12);
        Assert.Equal((true, true), (docker.Holm.Survives, docker.Holm.Attainable));
        Assert.Equal(1, lxc.Holm!.AdjustedPValue, 9);
        Assert.Equal((false, true), (lxc.Holm.Survives, lxc.Holm.Attainable));
        Assert.Null(report.Results[0].Holm);
    }

    [Fact]
    public void Where_so_few_blocks_could_not_survive_that_is_said_and_the_verdict_stands_by_itself()
    {
        var report = Build(6, (target, _, _) => target == "docker" ? 120 : 100);
        var docker = report.Results[1];
        Assert.Equal("worse", docker.Verdict);
        Assert.Equal((false, false), (docker.Holm!.Survives, docker.Holm.Attainable));
        Assert.Equal(7, report.Run.HolmLeastBoots);
    }

    [Fact]
    public void Too_few_boots_make_no_comparison()
    {
        var report = Build(5, (_, _, _) => 100);
        Assert.Equal((0, null), (report.Run.Comparisons, report.Run.HolmLeastBoots));
        Assert.All(report.Results, r => Assert.Equal((null, null), (r.Holm, r.MinimumDetectableEffect)));
        Assert.All(report.Results, r => Assert.Equal((null, null), (r.Drift, r.RatioDrift)));
    }

    [Fact]
    public void A_detectable_effect_grows_with_the_spread_within_the_blocks()
    {
        var report = Build(10, (target, _, block) =>
            target == "docker" ? 100 * (1 + (0.01 * (block % 3))) : target == "lxc" ? 100 * (1 + (0.03 * (block % 3))) : 100);
        Assert.InRange(report.Results[1].MinimumDetectableEffect!.Value, 0.5, 1.5);
        Assert.InRange(
            report.Results[2].MinimumDetectableEffect!.Value / report.Results[1].MinimumDetectableEffect!.Value, 2.8, 3.2);
    }

    [Fact]
    public void What_falls_on_all_targets_is_drift_of_the_figures_and_not_of_the_ratio()
    {
        var report = Build(10, (target, _, block) => (target == "docker" ? 120 : 100) * (block > 5 ? 1.1 : 1) * Jitter(target, block));
        var docker = report.Results[1];
        Assert.Equal((6, "down"), (docker.Drift!.ChangeBlock, docker.Drift.Trend)); // of a rate
        Assert.InRange(docker.Drift.ChangePercent!.Value, -10, -8);
        Assert.Equal((null, "none"), (docker.RatioDrift!.ChangeBlock, docker.RatioDrift.Trend));
        Assert.Equal(2.0 / 252, docker.Drift.ChangePValue, 6);
        Assert.InRange(docker.Ratio!.Value, 1.2 * 0.99, 1.2 * 1.01);
    }

    [Fact]
    public void What_falls_on_one_target_only_is_drift_of_its_ratio()
    {
        var report = Build(10, (target, _, block) => 100 * (target == "docker" && block > 5 ? 1.1 : 1) * Jitter(target, block));
        Assert.Equal(6, report.Results[1].RatioDrift!.ChangeBlock);
        Assert.InRange(report.Results[1].RatioDrift!.ChangePercent!.Value, 9, 11);
        Assert.Null(report.Results[2].RatioDrift!.ChangeBlock);
    }

    [Fact]
    public void Two_humps_and_a_value_apart_are_marked_and_stay_in_the_figures()
    {
        var report = Build(10, (target, _, block) => Jitter(target, block) * target switch
        {
            "docker" => block % 2 == 0 ? 100 : 150,
            "lxc" => block == 4 ? 300 : 100,
            _ => 100,
        });
        var (native, docker, lxc) = (report.Results[0], report.Results[1], report.Results[2]);
        Assert.False(native.Modes!.Several);
        Assert.True(docker.Modes!.Several);
        Assert.Equal(2, docker.Modes.Boots!.Count);
        Assert.InRange(docker.Modes.Boots[1] / docker.Modes.Boots[0], 1.48, 1.52);
        Assert.False(lxc.Modes!.Several);
        Assert.Equal((4, "low"), (lxc.Outliers!.Single().Block, lxc.Outliers!.Single().Side)); // of a rate
        Assert.Empty(native.Outliers!);
        Assert.Equal(10, lxc.Boots);
    }

    [Theory]
    [InlineData("simulated=yes", "simulated, not measured")]
    [InlineData("slow=5%", "slowed down by 5% on purpose")]
    public void What_is_not_the_machine_as_it_is_says_so_with_every_figure(string note, string reason)
    {
        var report = ReportBuilder.Build(new FakeRun
        {
            Probes = ["cpu.primes", "life.boot"],
            Guest = (target, _, _, _) => Answer.Times(100) with { Note = target == "docker" ? note : null },
        }.Record());
        Assert.All(report.Results.Where(r => r.Target == "docker"), r => Assert.Equal(reason, r.Reason));
        Assert.All(report.Results.Where(r => r.Target == "native"), r => Assert.Null(r.Reason));
    }

    [Fact]
    public void Everything_of_it_is_in_the_document()
    {
        var document = JsonDocument.Parse(ReportFiles.Serialize(Build(10, (target, _, block) => 100 * Jitter(target, block)))).RootElement;
        Assert.Equal(2, document.GetProperty("run").GetProperty("comparisons").GetInt32());
        Assert.Equal(JsonValueKind.Null, document.GetProperty("run").GetProperty("precision").ValueKind);
        var result = document.GetProperty("results")[1];
        Assert.InRange(result.GetProperty("minimumDetectableEffect").GetDouble(), 0, 5);
        Assert.InRange(result.GetProperty("holm").GetProperty("adjustedPValue").GetDouble(), 0, 1);
        Assert.Equal("none", result.GetProperty("drift").GetProperty("trend").GetString());
        Assert.Equal("none", result.GetProperty("ratioDrift").GetProperty("trend").GetString());
        Assert.Equal(1, result.GetProperty("modes").GetProperty("boots").GetArrayLength());
        Assert.Equal(0, result.GetProperty("outliers").GetArrayLength());
    }

    private static ReportDocument Build(int boots, Func<string, ProbeSpecification, int, double> ns) => ReportBuilder.Build(new FakeRun
    {
        Targets = ["native", "docker", "lxc"],
        Boots = boots,
        Guest = (target, probe, block, _) => Answer.Times(ns(target, probe, block)),
    }.Record());

    // Above and below, with all magnitudes different.
    private static double Alternate(int block) => 1 + ((block % 2 == 0 ? 0.001 : -0.001) * block);

    // Within half a per cent, in no order.
    private static double Jitter(string target, int block) => 1 + (0.0005 * (((block * 7) + target.Length) % 11 - 5));
}
