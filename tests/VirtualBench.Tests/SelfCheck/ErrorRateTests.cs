using VirtualBench.Plan;
using VirtualBench.SelfCheck;

namespace VirtualBench.Tests.SelfCheck;

/// <summary>
/// How often verdicts are right where the truth is known, from transcript to report. tests/nightly/statistics.sh does the same with
/// thousands of campaigns; what these sizes can show has bounds as wide.
/// </summary>
public class ErrorRateTests
{
    [Fact]
    public async Task A_target_against_itself_raises_no_alarm_and_three_percent_are_seen_through_one_percent_of_noise()
    {
        var check = await SimulatedCheck.RunAsync("sim", 250);
        Assert.Equal((500, 500), (check.Same.Comparisons, check.Slowed.Comparisons));
        Assert.InRange(check.Same.Different.Count, 0, 2);
        Assert.InRange(check.Slowed.CalledWorse.Rate!.Value, 0.93, 1);
        Assert.InRange(check.Same.Coverage.Rate!.Value, 0.925, 0.98);
        Assert.InRange(check.Slowed.Coverage.Rate!.Value, 0.925, 0.98);
        Assert.InRange(check.Slowed.MedianRatio!.Value, 1.028, 1.032);
        Assert.Equal(0, check.Same.WithoutInterval);
    }

    [Theory]
    [InlineData("sim:log-normal")]
    [InlineData("sim:bimodal")]
    [InlineData("sim:student")]
    [InlineData("sim:pareto")]
    public async Task Intervals_hold_the_truth_whatever_the_noise(string target)
    {
        var check = await SimulatedCheck.RunAsync(target, 150);
        Assert.InRange((check.Same.Coverage.Count + check.Slowed.Coverage.Count) / 600.0, 0.92, 0.985);
        Assert.InRange(check.Same.Different.Count, 0, 2);
    }

    [Theory]
    [InlineData("sim")]
    [InlineData("sim:student")]
    public async Task Intervals_hold_the_truth_when_blocks_were_added_until_they_were_narrow(string target)
    {
        var check = await SimulatedCheck.RunAsync(target, 150, boots: 6, mostBoots: 18, precision: 1.2);
        Assert.InRange(check.Same.MeanBoots, 6.5, 17.5);
        Assert.InRange((check.Same.Coverage.Count + check.Slowed.Coverage.Count) / 600.0, 0.925, 0.985);
        Assert.InRange(check.Same.Different.Count, 0, 2);
    }

    [Fact]
    public async Task A_stated_detectable_effect_beyond_the_margin_is_detected_in_about_eighty_of_a_hundred()
    {
        // The median of what reports state, added to the margin, is what is injected.
        var stated = (await SimulatedCheck.RunAsync("sim", 40)).Same.MedianDetectablePercent!.Value;
        var check = await SimulatedCheck.RunAsync("sim", 200, margin: 1, slowdown: 1 + stated);
        Assert.InRange(check.Slowed.CalledWorse.Rate!.Value, 0.74, 0.86);
    }

    [Fact]
    public async Task Holm_keeps_a_campaign_free_of_false_alarms_where_noise_dwarfs_the_margin()
    {
        var check = await SimulatedCheck.RunAsync("sim:noisy", 150);
        Assert.InRange(check.Same.Different.Rate!.Value, 0.001, 0.05);
        Assert.InRange(check.Same.SurviveHolm.Count, 0, 6);
    }

    [Fact]
    public async Task A_machine_that_slows_down_half_way_fools_who_runs_one_target_after_the_other()
    {
        var interleaved = await SimulatedCheck.RunAsync("sim:step", 40, margin: 2, slowdown: 5, probes: "os.clock");
        var sequential = await SimulatedCheck.RunAsync(
            "sim:step", 40, margin: 2, slowdown: 5, probes: "os.clock", order: TrialOrder.Sequential);
        Assert.Equal(0, interleaved.Same.Different.Count);
        Assert.Equal(40, sequential.Same.Different.Count);
        Assert.Equal("sequential", sequential.Order);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_counts_to_the_digit()
    {
        var (first, again) = (await SimulatedCheck.RunAsync("sim", 5), await SimulatedCheck.RunAsync("sim", 5));
        Assert.Equal(SelfCheckDirectory.Serialize(first with { WallSeconds = 0, StartedUtc = default }),
            SelfCheckDirectory.Serialize(again with { WallSeconds = 0, StartedUtc = default }));
        var other = await SimulatedCheck.RunAsync("sim", 5, seed: 1);
        Assert.NotEqual(first.Same.MedianRatio, other.Same.MedianRatio);
    }

    [Fact]
    public async Task Failed_starts_cost_blocks_and_not_the_truth()
    {
        var check = await SimulatedCheck.RunAsync("sim:flaky", 60);
        Assert.InRange(check.Same.MeanBoots, 9, 9.999);
        Assert.InRange(check.Same.Different.Count, 0, 1);
        Assert.True(check.Simulated);
    }

    [Fact]
    public async Task An_interrupted_check_tells_of_the_campaigns_that_were_done()
    {
        var told = new List<(int, int)>();
        var check = await SimulatedCheck.RunAsync(
            "sim", 5, cancelIn: 3, each: report => told.Add((report.Campaigns, report.Same.Comparisons)));
        Assert.Equal((2, 4), (check.Campaigns, check.Same.Comparisons));
        Assert.Equal([(1, 2), (2, 4)], told);
        await Assert.ThrowsAsync<OperationCanceledException>(() => SimulatedCheck.RunAsync("sim", 5, cancelIn: 1));
    }

    [Theory]
    [InlineData("sim", null, "sim:step")]
    [InlineData("native", 1.0, "--precision")]
    public void What_cannot_be_disturbed_is_one_line(string target, double? precision, string says)
    {
        var run = new RunRequest("quick", PrecisionPercent: precision);
        var refusal = Assert.Throws<PlanException>(() => new SelfCheckRequest(target, 1, 5, run, 1, IsDisturbed: true).Validate());
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sim!", 1, 5, "is no target")]
    [InlineData("sim", 0, 5, "--campaigns 0")]
    [InlineData("sim", 1, 0, "--slowdown 0")]
    public void What_makes_no_check_is_one_line(string target, int campaigns, double slowdown, string says)
    {
        var refusal = Assert.Throws<PlanException>(
            () => new SelfCheckRequest(target, campaigns, slowdown, new RunRequest("quick"), 1).Validate());
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }
}
