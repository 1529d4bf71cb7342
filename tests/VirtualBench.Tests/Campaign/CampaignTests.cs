using System.Text;
using System.Text.Json;
using VirtualBench.Campaign;
using VirtualBench.Guests;
using VirtualBench.Plan;
using VirtualBench.Protocol;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Campaign;

/// <summary>The campaign against guests that behave and guests that do not, through real run directories.</summary>
public sealed class CampaignTests : IDisposable
{
    private static readonly string[] TwoProbes = ["cpu.primes", "os.syscall"];
    private readonly string _root = Directory.CreateTempSubdirectory("vb-campaign-test-").FullName;
    private readonly List<string> _said = [];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_run_leaves_everything_that_its_reports_are_made_from()
    {
        var outcome = await RunAsync([ScriptedTarget.Good("native"), ScriptedTarget.Good("docker", 110)]);

        Assert.True(outcome.Complete);
        Assert.True(outcome.Recording.Finished);
        Assert.Equal(4, outcome.Recording.Trials.Count);
        Assert.All(outcome.Recording.Trials, t => Assert.Null(t.Reason));
        Assert.All(outcome.Recording.Trials, t => Assert.True(t.Times.RequestNs <= t.Times.MainNs && t.Times.MainNs <= t.Times.ReleasedNs));
        Assert.Equal(4, Directory.GetFiles(Path.Combine(outcome.Directory.Root, "transcripts")).Length);
        Assert.Equal(2, outcome.Recording.Plan.Boots);
    }

    [Fact]
    public async Task A_failed_probe_is_repeated_alone_and_both_attempts_stay()
    {
        var flaky = new ScriptedTarget("native", (start, launch, console, _) =>
        {
            var text = ScriptedGuest.Speak(ScriptedTarget.ProbesOf(launch));
            console.Receive(Encoding.ASCII.GetBytes(
                start == 1 ? text.Replace("probe=os.syscall", "probe=os.syscalX", StringComparison.Ordinal) : text));
            return Task.FromResult(new InstanceEnd(0, null));
        });
        var outcome = await RunAsync([flaky]);

        Assert.True(outcome.Complete);
        Assert.Equal(TwoProbes, flaky.Asked[0]);
        Assert.Equal(["os.syscall"], flaky.Asked[1]);
        Assert.Equal(3, outcome.Recording.Trials.Count);
        Assert.Contains("os.syscalX", outcome.Recording.Trials[0].Reason, StringComparison.Ordinal);
        Assert.Equal(SectionState.Complete, outcome.Recording.Trials[0].Transcript!.Sections[0].State);
    }

    [Fact]
    public async Task A_guest_that_hangs_is_ended_and_abandoned_and_the_others_go_on()
    {
        var hanging = new ScriptedTarget("docker", async (_, _, _, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return new InstanceEnd(0, null);
        });
        var outcome = await RunAsync([ScriptedTarget.Good("native"), hanging], deadline: TimeSpan.FromMilliseconds(50));

        Assert.False(outcome.Complete);
        Assert.Equal(CampaignRunner.AbandonAfter, hanging.Starts);
        Assert.Contains(_said, s => s.Contains("docker is left out", StringComparison.Ordinal));
        Assert.Equal(2, outcome.Recording.Trials.Count(t => t.Planned.TargetId == "native" && t.Reason is null));
        Assert.All(outcome.Recording.Trials.Where(t => t.Planned.TargetId == "docker"),
            t => Assert.Contains("did not finish within", t.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_target_cannot_run_is_not_tried_and_reported_with_the_reason()
    {
        var half = new ScriptedTarget("oci", (_, launch, console, _) =>
        {
            Assert.Equal("c", launch.Program.Implementation);
            console.Receive(Encoding.ASCII.GetBytes(ScriptedGuest.Speak(ScriptedTarget.ProbesOf(launch))));
            return Task.FromResult(new InstanceEnd(0, null));
        })
        { Refuses = ["cs"] };
        var outcome = await RunAsync([ScriptedTarget.Good("native"), half], implementations: "c,cs");

        Assert.Equal(2, half.Starts);
        Assert.True(outcome.Complete);
        var cells = Samples.From(outcome.Recording).Cells.Where(c => c.TargetId == "oci" && c.Probe.Id == "cpu.primes")
            .ToDictionary(c => c.Implementation);
        Assert.Equal((CellState.Measured, null), (cells["c"].State, cells["c"].Reason));
        Assert.Equal((CellState.Unsupported, "it has no cs"), (cells["cs"].State, cells["cs"].Reason));
        // getppid is measured in C only, so that there is nothing to refuse.
        Assert.DoesNotContain(
            Samples.From(outcome.Recording).Cells, c => c.Probe.Id == "os.syscall" && c.Implementation == "cs");
    }

    [Fact]
    public async Task A_target_that_can_run_nothing_of_what_was_asked_is_not_usable()
    {
        var outcome = await RunAsync(
            [ScriptedTarget.Good("native"), ScriptedTarget.Good("oci", 100, "cs")], implementations: "cs");
        Assert.False(outcome.Complete);
        Assert.Contains(_said, line => line.Contains("oci is not used: it has no cs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_guest_that_prints_without_end_is_ended()
    {
        var flood = new ScriptedTarget("native", async (_, _, console, cancellation) =>
        {
            var bytes = new byte[1 << 20];
            while (!cancellation.IsCancellationRequested)
            {
                console.Receive(bytes);
                await Task.Yield();
            }

            throw new OperationCanceledException(cancellation);
        });
        var outcome = await RunAsync([flood]);

        Assert.False(outcome.Complete);
        Assert.All(outcome.Recording.Trials, t => Assert.Contains("printed more than", t.Reason, StringComparison.Ordinal));
        Assert.All(
            Directory.GetFiles(Path.Combine(outcome.Directory.Root, "transcripts")), f => Assert.True(new FileInfo(f).Length < 100_000));
    }

    [Theory]
    [InlineData("", 0, "never began")]
    [InlineData("\u001b[2Jgarbage\0\n\n\n", 0, "never began")]
    [InlineData("// VB: main version=1\n", 137, "before its first probe (exit status 137)")]
    public async Task What_a_broken_guest_prints_is_a_reason_and_no_figure(string text, int status, string reason)
    {
        var broken = new ScriptedTarget("native", (_, _, console, _) =>
        {
            console.Receive(Encoding.Latin1.GetBytes(text));
            return Task.FromResult(new InstanceEnd(status, null));
        });
        var outcome = await RunAsync([broken]);

        Assert.False(outcome.Complete);
        Assert.All(outcome.Recording.Trials, t => Assert.Contains(reason, t.Reason, StringComparison.Ordinal));
        Assert.DoesNotContain(outcome.Recording.Trials, t => t.Transcript!.Sections.Any(s => s.State == SectionState.Complete));
    }

    [Fact]
    public async Task An_interrupted_run_keeps_what_it_has_and_resume_does_the_rest_only()
    {
        using var stop = new CancellationTokenSource();
        var target = new ScriptedTarget("native", (start, launch, console, cancellation) =>
        {
            if (start == 2)
            {
                stop.Cancel();
                cancellation.ThrowIfCancellationRequested();
            }

            console.Receive(Encoding.ASCII.GetBytes(ScriptedGuest.Speak(ScriptedTarget.ProbesOf(launch))));
            return Task.FromResult(new InstanceEnd(0, null));
        });
        var first = await RunAsync([target], boots: 4, stop: stop);

        Assert.True(first.Interrupted);
        Assert.False(first.Recording.Finished);
        var again = ScriptedTarget.Good("native");
        var second = await CampaignSession.ResumeAsync(
            first.Directory.Root, null, Host([again]), new Listener(_said), TestContext.Current.CancellationToken);

        Assert.Equal(3, again.Starts);
        Assert.True(second.Complete);
        Assert.Equal(4, second.Recording.Trials.Count(t => t.Reason is null));
        Assert.Single(first.Recording.Trials, t => t.Reason is null);
    }

    [Fact]
    public async Task Resume_survives_a_torn_journal_and_refuses_another_guest_program()
    {
        var outcome = await RunAsync([ScriptedTarget.Good("native")]);
        await File.AppendAllTextAsync(outcome.Directory.JournalPath, "{\"event\":\"trial-st", TestContext.Current.CancellationToken);
        var again = ScriptedTarget.Good("native");
        var resumed = await CampaignSession.ResumeAsync(
            outcome.Directory.Root, null, Host([again]), new Listener(_said), TestContext.Current.CancellationToken);

        Assert.Equal(0, again.Starts);
        Assert.True(resumed.Recording.Finished);
        var refusal = await Assert.ThrowsAsync<CampaignException>(() => CampaignSession.ResumeAsync(
            outcome.Directory.Root, null, Host([again], hash: "other-other-other"),
            new Listener(_said), TestContext.Current.CancellationToken));
        Assert.Contains("another guest program", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_refuses_another_version_of_an_engine()
    {
        var outcome = await RunAsync([ScriptedTarget.Good("docker")]);
        var newer = new ScriptedTarget("docker", (_, _, _, _) => Task.FromResult(new InstanceEnd(0, null))) { Version = "2" };
        var refusal = await Assert.ThrowsAsync<CampaignException>(() => CampaignSession.ResumeAsync(
            outcome.Directory.Root, null, Host([newer]), new Listener(_said), TestContext.Current.CancellationToken));

        Assert.Contains("another docker (1, now 2)", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, newer.Starts);
    }

    [Fact]
    public async Task A_second_campaign_on_the_host_is_refused_while_the_first_runs()
    {
        using var held = CampaignLock.Take(Path.Combine(_root, "lock"), "first");

        Assert.Contains("another campaign", Assert.Throws<CampaignException>(
            () => CampaignLock.Take(Path.Combine(_root, "lock"), "second")).Message, StringComparison.Ordinal);
        await Task.CompletedTask;
    }

    [Fact]
    public void A_transcript_file_gives_back_every_byte()
    {
        var lines = new[] { "plain", "", "\\x41", "tab\there", "\u001b[31m\0\u00ff", "ends in \\" }.Select((t, i) => new ConsoleLine(i, t))
            .ToList();
        var path = Path.Combine(_root, "t.txt");
        TranscriptFile.Write(path, lines);

        Assert.Equal(lines, TranscriptFile.Read(path));
        Assert.DoesNotContain(File.ReadAllBytes(path), b => b is (< 32 and not 10) or > 126);
    }

    [Theory]
    [InlineData("not-empty", "is not empty")]
    [InlineData("run", "already holds a run")]
    [InlineData("file/inside", "cannot write to")]
    public void A_directory_that_cannot_take_a_run_is_refused(string name, string message)
    {
        Directory.CreateDirectory(Path.Combine(_root, "not-empty", "x"));
        Directory.CreateDirectory(Path.Combine(_root, "run"));
        File.WriteAllText(Path.Combine(_root, "run", "run.json"), "{}");
        File.WriteAllText(Path.Combine(_root, "file"), "");

        Assert.Contains(message, Assert.Throws<CampaignException>(
            () => RunDirectory.Create(Path.Combine(_root, name), DateTimeOffset.UtcNow, "quick")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "no run.json")]
    [InlineData("{", "cannot be read")]
    [InlineData("{\"schema\":\"\\u001b[31mother/9\"}", "cannot be read|has the schema")]
    public void A_broken_run_directory_is_one_clear_line(string manifest, string message)
    {
        if (manifest.Length > 0)
        {
            File.WriteAllText(Path.Combine(_root, "run.json"), manifest);
        }

        var refusal = Assert.Throws<CampaignException>(() => RunDirectory.Open(_root).ReadManifest()).Message;
        Assert.Contains(message.Split('|'), m => refusal.Contains(m, StringComparison.Ordinal));
        Assert.DoesNotContain(refusal, char.IsControl);
    }

    private async Task<CampaignOutcome> RunAsync(
        IReadOnlyList<ScriptedTarget> targets, int boots = 2, TimeSpan? deadline = null, CancellationTokenSource? stop = null,
        string? implementations = null)
    {
        var request = new RunRequest(
            "quick", Boots: boots, Probes: string.Join(',', TwoProbes), Implementations: implementations, Seed: 3,
            TrialDeadline: deadline);
        var planned = targets.Select(t => new PlannedTarget(t.Name.ToString(), t.Name)).ToList();
        return await CampaignSession.StartAsync(
            request, planned, named: true, Path.Combine(_root, "out"), Host(targets), new Listener(_said),
            stop?.Token ?? TestContext.Current.CancellationToken);
    }

    private CampaignHost Host(IReadOnlyList<ScriptedTarget> targets, string hash = "feed-feed-feed") => new(
        "test", Directory.CreateDirectory(Path.Combine(_root, "scratch")).FullName, name => targets.Single(t => t.Name == name),
        (implementation, architecture) => new GuestProgram(implementation, architecture, "/none", hash, hash),
        () => JsonDocument.Parse("{}").RootElement, [0, 1],
        () => Task.FromResult<IReadOnlyList<string>>([]), Path.Combine(_root, "campaign.lock"));

    private sealed class Listener(List<string> said) : ICampaignProgress
    {
        public void Began(CampaignPlan plan, int trialsDone)
        {
        }

        public void TrialStarted(PlannedTrial trial, int attempt)
        {
        }

        public void TrialEnded(TrialRecord record, TimeSpan? remaining)
        {
        }

        public void Say(string line) => said.Add(line);

        public void Ended()
        {
        }
    }
}
