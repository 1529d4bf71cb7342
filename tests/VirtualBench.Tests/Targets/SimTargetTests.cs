using System.Text;
using VirtualBench.Guests;
using VirtualBench.Plan;
using VirtualBench.Protocol;
using VirtualBench.Targets;
using VirtualBench.Targets.Simulated;

namespace VirtualBench.Tests.Targets;

/// <summary>The engine that runs nothing.</summary>
public sealed class SimTargetTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("vb-sim-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void It_runs_only_when_it_is_named()
    {
        Assert.DoesNotContain(TargetCatalogue.Standard.Names, name => name.Engine == "sim");
        Assert.Null(TargetCatalogue.Standard.WhyUnknown(TargetCatalogue.Standard.Parse("sim:slow")));
        Assert.All(Presets.All, preset => Assert.DoesNotContain("sim", preset.Targets ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Its_transcripts_are_whole_and_say_that_they_are_simulated()
    {
        var (transcript, end) = await RunAsync("sim", "cpu.primes{limit=10000}", "os.jitter", "--min=7");
        Assert.Equal(0, end.ExitStatus);
        Assert.Null(transcript.Fault);
        Assert.Equal(["cpu.primes", "os.jitter"], transcript.Sections.Select(s => s.Probe));
        Assert.All(transcript.Sections, s => Assert.Equal((SectionState.Complete, "yes"), (s.State, s.Notes["simulated"])));
        Assert.All(transcript.Sections, s => Assert.Equal(7, s.Results.Count()));
        Assert.Equal("event", transcript.Sections[0].Metrics[0].Unit);
        Assert.Equal("gap.p50", transcript.Sections[1].Metrics[0].Name);
    }

    [Fact]
    public async Task Figures_depend_on_the_seed_and_the_place_in_the_campaign_and_on_nothing_else()
    {
        var first = await TextAsync("sim", new LaunchOrder("a", 3, 30, 1, 5));
        Assert.Equal(first, await TextAsync("sim", new LaunchOrder("a", 3, 30, 1, 5)));
        Assert.NotEqual(first, await TextAsync("sim", new LaunchOrder("a", 4, 30, 1, 5)));
        Assert.NotEqual(first, await TextAsync("sim", new LaunchOrder("a", 3, 30, 2, 5)));
        Assert.NotEqual(first, await TextAsync("sim", new LaunchOrder("a", 3, 30, 1, 6)));
    }

    [Fact]
    public async Task A_description_decides_base_noise_drift_step_and_slowdown()
    {
        var file = Write("""
            { // no noise, so that each factor shows by itself
              "default": { "betweenBoots": { "percent": 0 }, "withinBoots": { "percent": 0 } },
              "probes": { "os.clock": { "nsPerOperation": 50 }, "os.pipe": { "nsPerOperation": 2000 } },
              "driftPercent": 10, "step": { "at": 0.5, "percent": 20 }, "slowdowns": { "b": 3 }
            }
            """);
        Assert.Equal(50, await FigureAsync(file, new LaunchOrder("a", 1, 100, 1, 1)), 6);
        Assert.Equal(51.5, await FigureAsync(file, new LaunchOrder("b", 1, 100, 1, 1)), 6);
        Assert.Equal(50 * 1.04, await FigureAsync(file, new LaunchOrder("a", 41, 100, 1, 1)), 6);
        Assert.Equal(50 * 1.06 * 1.2, await FigureAsync(file, new LaunchOrder("a", 61, 100, 1, 1)), 6);
        Assert.Equal(2000, await FigureAsync(file, new LaunchOrder("a", 1, 100, 1, 1), "os.pipe"), 6);
        Assert.Equal(110, await FigureAsync(file, new LaunchOrder("a", 1, 100, 1, 1), "os.syscall", "--slow=10"), 6);
    }

    [Theory]
    [InlineData("{", "cannot be understood")]
    [InlineData("null", "cannot be understood")]
    [InlineData("""{ "defualt": {} }""", "cannot be understood")]
    [InlineData("""{ "default": { "betweenBoots": { "shape": "square" } } }""", "cannot be understood")]
    [InlineData("""{ "default": { "nsPerOperation": -1 } }""", "nsPerOperation of -1")]
    [InlineData("""{ "failures": { "error": 0.6, "hang": 0.6 } }""", "failures of 1.2")]
    [InlineData("""{ "step": { "at": 2 } }""", "step.at of 2")]
    public async Task A_wrong_description_is_one_line(string content, string says)
    {
        var found = await Target("sim", Write(content)).FindAsync(TestContext.Current.CancellationToken);
        Assert.False(found.Usable);
        Assert.Contains(says, found.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', found.Reason!);
    }

    [Fact]
    public async Task An_unknown_variant_names_those_that_there_are()
    {
        var found = await Target("sim:fast", null).FindAsync(TestContext.Current.CancellationToken);
        Assert.Contains("there is no simulation 'fast': there are slow, noisy", found.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_can_fail_in_every_way_that_a_guest_can()
    {
        var (error, errorEnd) = await RunFileAsync("""{ "failures": { "error": 1 } }""");
        Assert.Equal((SectionState.Failed, 1), (error.Sections[0].State, errorEnd.ExitStatus));
        var (crash, crashEnd) = await RunFileAsync("""{ "failures": { "crash": 1 } }""");
        Assert.Equal(SectionState.Invalid, crash.Sections[0].State);
        Assert.NotNull(crashEnd.Fault);
        var (garbage, _) = await RunAsync("sim:garbage", "os.clock");
        Assert.Empty(garbage.Sections);
        Assert.NotNull(garbage.Fault);
        using var impatient = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Target("sim:hang", null).RunAsync(LaunchOf(["os.clock"], new LaunchOrder("a", 1, 1, 1, 1)), new RecordingConsole(),
                impatient.Token));
    }

    private Task<(Transcript Transcript, InstanceEnd End)> RunFileAsync(string content) =>
        RunAsync(Target("sim", Write(content)), ["os.clock"], new LaunchOrder("a", 1, 10, 1, 1));

    private static Task<(Transcript Transcript, InstanceEnd End)> RunAsync(string name, params string[] arguments) =>
        RunAsync(Target(name, null), arguments, new LaunchOrder("a", 1, 10, 1, 1));

    private static async Task<(Transcript Transcript, InstanceEnd End)> RunAsync(ITarget target, string[] arguments, LaunchOrder order)
    {
        var console = new RecordingConsole();
        var end = await target.RunAsync(LaunchOf(arguments, order), console, TestContext.Current.CancellationToken);
        return (TranscriptReader.Read([.. console.Text.Split('\n')[..^1].Select(line => new ConsoleLine(0, line))]), end);
    }

    private static async Task<string> TextAsync(string name, LaunchOrder order)
    {
        var console = new RecordingConsole();
        await Target(name, null).RunAsync(LaunchOf(["os.clock"], order), console, TestContext.Current.CancellationToken);
        return console.Text;
    }

    private static async Task<double> FigureAsync(string file, LaunchOrder order, params string[] arguments)
    {
        var (transcript, _) = await RunAsync(Target("sim", file), arguments is [] ? ["os.clock"] : arguments, order);
        return transcript.Sections[0].Results.First().NanosecondsPerOperation;
    }

    private static Launch LaunchOf(string[] arguments, LaunchOrder order) => new(
        new GuestProgram("c", GuestArchitecture.X64, "", "", ""), arguments, new Resources(1, 64 << 20, []), "virtualbench-test", "")
    { Order = order };

    private static ITarget Target(string name, string? file)
    {
        var images = file is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [SimTarget.ImageName] = file };
        return TargetCatalogue.Standard.Create(
            TargetCatalogue.Standard.Parse(name), new TargetSession("test", "/none", null, (_, _) => null, images: images));
    }

    private string Write(string content)
    {
        var path = Path.Combine(_root, "sim.json");
        File.WriteAllText(path, content);
        return path;
    }
}
