using VirtualBench.Campaign;
using VirtualBench.Plan;
using VirtualBench.Protocol;

namespace VirtualBench.Tests.Reports;

public class SamplesTests
{
    [Fact]
    public void A_boot_counts_as_the_median_of_its_iterations()
    {
        var recording = new FakeRun { Targets = ["native"], Boots = 1, Guest = (_, _, _, _) => Answer.Times(400, 1000, 500) }.Record();
        var cell = Samples.From(recording).Cells.Single();
        Assert.Equal((CellState.Measured, null), (cell.State, cell.Reason));
        Assert.Equal(FakeRun.EventsPerSecond(500), cell.Boots.Single().Value, 6);
    }

    [Fact]
    public void Rates_and_times_are_in_the_units_of_the_catalogue()
    {
        var recording = new FakeRun
        {
            Targets = ["native"],
            Boots = 1,
            Probes = ["mem.triad", "mem.latency", "os.jitter", "life.boot"],
            Guest = (_, probe, _, _) => probe.Id switch
            {
                "mem.triad" => new Answer([1e6], Operations: 3, Work: 2e7),
                "mem.latency" => new Answer([4096], Work: 1024),
                _ => new Answer([1e7], Metrics: [new Metric("gap.p50", 750, "ns")]),
            },
        }.Record();
        var cells = Samples.From(recording).Cells.ToDictionary(c => c.Probe.Id);
        Assert.Equal(20, cells["mem.triad"].Boots.Single().Value, 9);
        Assert.Equal(4, cells["mem.latency"].Boots.Single().Value, 9);
        Assert.Equal(750, cells["os.jitter"].Boots.Single().Value, 9);
        Assert.Equal(0.50001, cells["life.boot"].Boots.Single().Value, 9);
    }

    [Fact]
    public void A_repeated_trial_gives_the_figure_of_the_attempt_that_completed_and_every_attempt_shows()
    {
        var recording = new FakeRun
        {
            Targets = ["native"],
            Boots = 2,
            Probes = ["cpu.primes", "os.syscall"],
            Guest = (_, probe, block, attempt) => probe.Id == "cpu.primes" && block == 2 && attempt < 3
                ? new Answer([100], Error: "attempt " + attempt)
                : Answer.Times(100 * attempt),
        }.Record();
        var samples = Samples.From(recording);
        var primes = samples.Cells.Single(c => c.Probe.Id == "cpu.primes");
        Assert.Equal((CellState.Measured, 4, 2), (primes.State, primes.Attempts, primes.FailedAttempts));
        Assert.Equal(FakeRun.EventsPerSecond(300), primes.Boots[1].Value, 6);

        // The other probe of the same start completed at once and was not asked for again.
        var syscall = samples.Cells.Single(c => c.Probe.Id == "os.syscall");
        Assert.Equal((CellState.Measured, 2, 0), (syscall.State, syscall.Attempts, syscall.FailedAttempts));
        Assert.Equal(["cpu.primes", "cpu.primes"], samples.Failures.Select(f => f.Probe));
        Assert.Equal(["attempt 1", "attempt 2"], samples.Failures.Select(f => f.Reason));
    }

    [Fact]
    public void What_is_missing_says_why()
    {
        var recording = new FakeRun
        {
            Targets = ["native", "docker", "podman", "lxc"],
            Boots = 6,
            SkippedBlocks = 2,
            Finished = false,
            Guest = (target, _, _, _) => target switch
            {
                "docker" => new Answer([1], Unsupported: "no such instruction"),
                "podman" => new Answer([1], Error: "wrong answer"),
                "lxc" => null,
                _ => Answer.Times(100),
            },
        }.Record();
        var cells = Samples.From(recording).Cells.ToDictionary(c => c.TargetId);
        Assert.Equal((CellState.Partial, "2 of 6 boots are missing: the run ended before it"),
            (cells["native"].State, cells["native"].Reason));
        Assert.Equal((CellState.Unsupported, 4, 0), (cells["docker"].State, cells["docker"].Attempts, cells["docker"].FailedAttempts));
        Assert.Equal("no such instruction", cells["docker"].Reason);
        Assert.Equal((CellState.Failed, 12, 12, "wrong answer"),
            (cells["podman"].State, cells["podman"].Attempts, cells["podman"].FailedAttempts, cells["podman"].Reason));
        Assert.Equal(CellState.Failed, cells["lxc"].State);
        Assert.NotNull(cells["lxc"].Reason);
        Assert.Equal(CellState.NotRun, Samples.From(new FakeRun { SkippedBlocks = 6 }.Record()).Cells[0].State);
    }

    [Theory]
    [InlineData("flop", 1, "not in 'event'")]
    [InlineData("event", 0, "not in 'event'")]
    public void Work_that_does_not_fit_is_no_figure(string unit, double work, string says)
    {
        var recording = new FakeRun { Targets = ["native"], Guest = (_, _, _, _) => new Answer([100], Work: work, Unit: unit) }.Record();
        var cell = Samples.From(recording).Cells[0];
        Assert.Equal(CellState.Failed, cell.State);
        Assert.Contains(says, cell.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_without_measurable_time_is_no_figure_and_a_time_of_zero_is_one()
    {
        var cells = Samples.From(new FakeRun
        {
            Targets = ["native"], Probes = ["cpu.primes", "os.syscall"], Guest = (_, _, _, _) => Answer.Times(0, 0, 0),
        }.Record()).Cells;
        Assert.Equal((CellState.Failed, "the iterations took no measurable time"), (cells[0].State, cells[0].Reason![..38]));
        Assert.Equal((CellState.Measured, 0.0), (cells[1].State, cells[1].Boots[0].Value));
    }

    [Fact]
    public void A_metric_that_the_guest_did_not_report_is_missed()
    {
        var cell = Samples.From(new FakeRun { Targets = ["native"], Probes = ["os.jitter"] }.Record()).Cells[0];
        Assert.Contains("did not report its metric 'gap.p50'", cell.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void One_target_may_stand_twice()
    {
        var cells = Samples.From(new FakeRun { Targets = ["native", "b=native"] }.Record()).Cells;
        Assert.Equal(["native", "b"], cells.Select(c => c.TargetId));
    }

    [Fact]
    public void Cells_follow_the_plan_not_the_random_order_of_the_trials()
    {
        var cells = Samples.From(new FakeRun
        {
            Targets = ["docker", "native"], Implementations = ["cs", "c"], Probes = ["os.syscall", "cpu.primes"],
        }.Record()).Cells;
        Assert.Equal(
            ["os.syscall/c/docker", "os.syscall/c/native", "cpu.primes/cs/docker", "cpu.primes/cs/native", "cpu.primes/c/docker",
                "cpu.primes/c/native"],
            cells.Select(c => $"{c.Probe}/{c.Implementation}/{c.TargetId}"));
    }
}
