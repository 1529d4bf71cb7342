using VirtualBench.Host;
using VirtualBench.Plan;
using VirtualBench.SelfCheck;
using VirtualBench.Tests.Campaign;
using VirtualBench.Tests.Reports;

namespace VirtualBench.Tests.SelfCheck;

public class DisturbedProgressTests
{
    private readonly CampaignPlan plan = new FakeRun { Boots = 4 }.Record().Plan; // eight trials
    private int begun;
    private int ended;

    [Fact]
    public void The_second_half_is_disturbed_and_nothing_after_it()
    {
        using var progress = new DisturbedProgress(new Quiet(), Disturb);
        progress.Began(plan, 0);
        foreach (var trial in plan.Trials.Take(4))
        {
            progress.TrialStarted(trial, 1);
        }

        progress.TrialStarted(plan.Trials[3], 2); // repeated: still the first half
        Assert.Equal((0, 0), (begun, ended));
        progress.TrialStarted(plan.Trials[4], 1);
        progress.TrialStarted(plan.Trials[5], 1);
        Assert.Equal((1, 0), (begun, ended));
        progress.Ended();
        progress.Dispose();
        Assert.Equal((1, 1), (begun, ended));
    }

    [Fact]
    public void An_interrupted_campaign_leaves_no_disturbance()
    {
        using (var progress = new DisturbedProgress(new Quiet(), Disturb))
        {
            progress.Began(plan, 0);
            plan.Trials.ToList().ForEach(t => progress.TrialStarted(t, 1));
        }

        Assert.Equal((1, 1), (begun, ended));
    }

    [Fact]
    public void Load_takes_processor_time_until_it_is_ended()
    {
        var before = Environment.CpuUsage.UserTime;
        using (new CpuLoad(1))
        {
            Thread.Sleep(300);
        }

        // A busy host gives less than all of a CPU; other tests take some, too.
        Assert.InRange((Environment.CpuUsage.UserTime - before).TotalSeconds, 0.05, 60);
    }

    private Disturbance Disturb()
    {
        begun++;
        return new Disturbance(() => ended++);
    }

    private sealed class Disturbance(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
