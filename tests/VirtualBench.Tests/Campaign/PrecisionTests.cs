using System.Text.Json;
using VirtualBench.Campaign;
using VirtualBench.Guests;
using VirtualBench.Plan;
using VirtualBench.Reports;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Campaign;

/// <summary>Runs that add blocks until their ratios are precise, on simulated targets, through real run directories.</summary>
public sealed class PrecisionTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("vb-precision-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_quiet_machine_has_enough_after_the_least_number_of_blocks()
    {
        var outcome = await StartAsync("out", "quiet", precision: 5);
        var report = ReportBuilder.Build(outcome.Recording);
        Assert.True(outcome.Complete);
        Assert.Equal(6, report.Run.Boots);
        Assert.All(report.Results, r => Assert.Equal(("measured", true, 6, 6), (r.State, r.Valid, r.Boots, r.PlannedBoots)));
        Assert.All(report.Results, r => Assert.Equal(SimTarget.Build, r.GuestBinary)); // and not the program that is built here
        Assert.Equal((5.0, true, 6, 18), (report.Run.Precision!.Percent, report.Run.Precision.Reached,
            report.Run.Precision.LeastBoots, report.Run.Precision.MostBoots));
        Assert.InRange(report.Run.Precision.WidestPercent!.Value, 0, 5);
        Assert.Contains("--boots 6 --precision 5 --max-boots 18", report.Run.CommandLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stops_at_the_first_block_that_is_enough_and_no_later()
    {
        var recording = (await StartAsync("out", "sim", precision: 1.1)).Recording;
        var boots = recording.Plan.Boots;
        Assert.InRange(boots, 7, 17);
        Assert.True(PrecisionRule.IsMet(recording.Plan, recording.Trials, boots, []));
        Assert.All(Enumerable.Range(6, boots - 6), blocks =>
            Assert.False(PrecisionRule.IsMet(recording.Plan, recording.Trials, blocks, [])));
    }

    [Fact]
    public async Task What_cannot_be_had_ends_at_the_most_blocks_and_says_so()
    {
        var report = ReportBuilder.Build((await StartAsync("out", "sim", precision: 0.01)).Recording);
        Assert.Equal(18, report.Run.Boots);
        Assert.False(report.Run.Precision!.Reached);
        Assert.All(report.Results, r => Assert.Equal("measured", r.State));
    }

    [Fact]
    public async Task A_target_that_was_given_up_is_not_waited_for()
    {
        var dies = Targets("sim:pareto")[0].Target;
        var targets = Targets("quiet").Append(new PlannedTarget("c", dies)).ToList();
        var request = new RunRequest("quick", Boots: 6, Probes: "os.clock", Seed: 8, PrecisionPercent: 5);
        var deaths = 0;
        var recording = (await CampaignSession.StartAsync(
            request, targets, named: true, Path.Combine(_root, "out"),
            Host("quiet", started: name => _ = name == dies && ++deaths > 3 ? throw new TargetException("it is gone") : 0), new Quiet(),
            TestContext.Current.CancellationToken)).Recording;
        var report = ReportBuilder.Build(recording);
        Assert.Equal(["c"], recording.Abandoned);
        Assert.Equal([6, 6, 3], report.Results.Select(r => r.Boots));
        Assert.Equal((6, true), (report.Run.Boots, report.Run.Precision!.Reached));
        Assert.False(PrecisionRule.IsMet(recording.Plan, recording.Trials, 6, []));
    }

    [Fact]
    public async Task An_interrupted_run_is_resumed_to_the_same_end()
    {
        var whole = (await StartAsync("whole", "sim", precision: 1.1)).Recording;
        using var stop = new CancellationTokenSource();
        var first = await StartAsync("part", "sim", precision: 1.1, stop: stop, stopAfter: 9);
        Assert.True(first.Interrupted);
        var resumed = await CampaignSession.ResumeAsync(
            first.Directory.Root, null, Host("sim"), new Quiet(), TestContext.Current.CancellationToken);

        Assert.Equal(whole.Plan.Boots, resumed.Recording.Plan.Boots);
        Assert.Equal(
            ReportBuilder.Build(whole).Results.Select(r => r.Ratio), ReportBuilder.Build(resumed.Recording).Results.Select(r => r.Ratio));

        // And a run that is finished has nothing more to do.
        var again = await CampaignSession.ResumeAsync(
            first.Directory.Root, null, Host("sim"), new Quiet(), TestContext.Current.CancellationToken);
        Assert.Equal(resumed.Recording.Trials.Count, again.Recording.Trials.Count);
    }

    [Theory]
    [InlineData(null, 20, 10, "--max-boots limits")]
    [InlineData(0.0, null, 10, "--precision 0")]
    [InlineData(1.0, null, 5, "take 6 boots")]
    [InlineData(1.0, 8, 10, "--max-boots 8")]
    public void What_makes_no_goal_is_refused(double? precision, int? most, int boots, string says)
    {
        var request = new RunRequest("quick", Boots: boots, PrecisionPercent: precision, MostBoots: most);
        Assert.Contains(says, Assert.Throws<PlanException>(() => PlanBuilder.Build(request, Targets("sim"), 1, [0])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_blocks_of_a_shorter_run_are_the_first_of_a_longer_one()
    {
        var fixedLength = PlanBuilder.Build(new RunRequest("quick", Boots: 7), Targets("sim"), 5, [0]);
        var adding = PlanBuilder.Build(new RunRequest("quick", Boots: 6, PrecisionPercent: 1), Targets("sim"), 5, [0]);
        Assert.Equal(
            fixedLength.Trials.Select(t => (t.Position, t.TargetId)), adding.Through(7).Trials.Select(t => (t.Position, t.TargetId)));
    }

    private async Task<CampaignOutcome> StartAsync(
        string name, string target, double precision, CancellationTokenSource? stop = null, int stopAfter = int.MaxValue) =>
        await CampaignSession.StartAsync(
            new RunRequest("quick", Boots: 6, Probes: "os.clock", Seed: 8, PrecisionPercent: precision), Targets(target), named: true,
            Path.Combine(_root, name), Host(target, stop, stopAfter), new Quiet(), stop?.Token ?? TestContext.Current.CancellationToken);

    private static IReadOnlyList<PlannedTarget> Targets(string target) =>
    [
        .. new[] { "a", "b" }.Select(id => new PlannedTarget(
            id, TargetName.TryParse(target == "quiet" ? "sim" : target, out var name) ? name : throw new ArgumentException(target))),
    ];

    private CampaignHost Host(
        string target, CancellationTokenSource? stop = null, int stopAfter = int.MaxValue, Action<TargetName>? started = null)
    {
        var images = new Dictionary<string, string>();
        if (target == "quiet")
        {
            images[SimTarget.ImageName] = Path.Combine(_root, "quiet.json");
            File.WriteAllText(images[SimTarget.ImageName], """{ "default": { "betweenBoots": { "percent": 0.1 } } }""");
        }

        var session = new TargetSession("test", _root, null, (_, _) => null, images: images);
        var starts = 0;
        return new CampaignHost(
            "test", Directory.CreateDirectory(Path.Combine(_root, "scratch")).FullName,
            name => new Interrupting(TargetCatalogue.Standard.Create(name, session), () =>
            {
                started?.Invoke(name);
                if (++starts == stopAfter)
                {
                    stop!.Cancel();
                }
            }),
            name => throw new InvalidOperationException(name),
            (implementation, architecture) => new GuestProgram(implementation, architecture, "/none", "feed-feed-feed", "feed-feed-feed"),
            () => JsonDocument.Parse("{}").RootElement, [0, 1],
            () => Task.FromResult<IReadOnlyList<string>>([]), Path.Combine(_root, "campaign.lock"));
    }

    private sealed class Interrupting(ITarget target, Action started) : ITarget
    {
        public TargetName Name => target.Name;

        public Acceleration Acceleration => target.Acceleration;

        public Isolation Isolation => target.Isolation;

        public Task<Availability> FindAsync(CancellationToken cancellation) => target.FindAsync(cancellation);

        public Task<Availability> TryAsync(CancellationToken cancellation) => target.TryAsync(cancellation);

        public Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation) => Task.CompletedTask;

        public Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
        {
            started();
            return target.RunAsync(launch, console, cancellation);
        }

        public ValueTask DisposeAsync() => target.DisposeAsync();
    }
}
