using VirtualBench.Campaign;
using VirtualBench.Reports;

namespace VirtualBench.Tests.Reports;

public sealed class StartPhasesTests
{
    [Fact]
    public void They_are_medians_over_good_starts_since_the_request()
    {
        var recording = new FakeRun { Targets = ["native", "docker"], Boots = 3, Probes = ["life.boot", "life.exit"] }.Record();
        var trials = recording.Trials.Select((trial, i) => trial with
        {
            Reason = trial.Planned.TargetId == "docker" && trial.Planned.Block == 3 ? "it broke" : null,
            Times = Times(trial.Planned.TargetId == "docker" ? 10 * trial.Planned.Block : 1),
        }).ToList();
        var starts = StartPhases.From(recording with { Trials = trials });

        Assert.Equal(["native", "docker"], starts.Select(s => s.Target));
        var docker = starts[1];
        Assert.Equal(2, docker.Starts);

        // Blocks 1 and 2 are good: 10 and 20 ms a phase.
        Assert.Equal((15.0, null, 45.0, 60.0), (docker.AcceptedMs, docker.StartedMs, docker.FirstByteMs, docker.MainMs));
        Assert.Equal(["docker", "c", "2", "15.00", "-", "45.00", "60.00"], StartPhases.Fields(docker).Take(7));
    }

    [Fact]
    public void Exit_is_from_the_programs_last_line_to_the_release()
    {
        var recording = new FakeRun { Targets = ["native"], Boots = 1, Probes = ["cpu.primes", "life.exit"] }.Record();
        var trial = recording.Trials.Single();
        var ended = trial.Transcript!.EndNs!.Value;
        var released = trial with { Times = trial.Times with { ReleasedNs = ended + 2_500_000 } };
        Assert.Equal(2.5, StartPhases.From(recording with { Trials = [released] }).Single().ExitMs);

        var cell = Samples.From(recording with { Trials = [released] }).Cells.Single(c => c.Probe.Id == "life.exit");
        Assert.Equal(2.5, cell.Boots.Single().Value);
    }

    private static BootTimes Times(long phaseMs)
    {
        const long start = 1_000_000_000;
        var phase = phaseMs * 1_000_000;
        return new BootTimes(
            start, start + phase, null, start + (3 * phase), start + (4 * phase), start + (5 * phase), start + (6 * phase));
    }
}
