using VirtualBench.Campaign;
using VirtualBench.Plan;
using VirtualBench.Tests.Reports;
using VirtualBench.Toolchain;

namespace VirtualBench.Tests.Toolchain;

public sealed class BdnCommandTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("vbtest-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task List_is_BenchmarkDotNets_listing_of_the_probes()
    {
        var (status, output, _, selection) = await Run("--list", "flat");
        Assert.Equal(0, status);
        Assert.Null(selection);
        Assert.Equal(ProbeCatalogue.All.Count, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("VirtualBench.Toolchain.Probes.Mem.Triad", output, StringComparison.Ordinal);

        var tree = await Run("--list", "tree", "--filter", "mem.*");
        Assert.Contains("Triad", tree.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Primes", tree.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mem.triad,mem.latency", "--filter", "*Triad*", "*latency*")]
    [InlineData("mem.triad", "--filter", "mem.triad")]
    [InlineData("cpu.primes", "--filter=cpu.primes")]
    [InlineData("os.syscall", "-f", "VirtualBench.Toolchain.Probes.Os.Syscall")]
    public async Task A_filter_selects_probes(string expected, params string[] arguments)
    {
        var (status, _, error, selection) = await Run(arguments);
        Assert.Equal("", error);
        Assert.Equal(0, status);
        Assert.Equal(expected.Split(','), selection!.Probes.Select(p => p.Id));
    }

    [Fact]
    public async Task A_filter_on_the_implementation_selects_it()
    {
        var (_, _, _, selection) = await Run("--filter", "*Triad(Implementation: \"cs\"*");
        Assert.Equal(["cs"], selection!.Implementations);
        Assert.Equal(["mem.triad"], selection.Probes.Select(p => p.Id));
    }

    [Fact]
    public async Task A_job_changes_ours_and_adds_none()
    {
        var (status, output, _, selection) = await Run("--filter", "cpu.primes", "--job", "dry");
        Assert.Equal(0, status);
        Assert.Equal((1, 1, 1, 1), (selection!.Boots, selection.Warmup, selection.MinIterations, selection.MaxIterations));
        Assert.Contains("docker", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Dry", output, StringComparison.Ordinal);
        Assert.Equal(4, output.Split('\n').Count(l => l.Contains("cpu.primes", StringComparison.Ordinal)));

        var custom = await Run("--filter", "cpu.primes", "--launchCount", "7", "--iterationTime", "20", "--maxIterationCount", "9");
        Assert.Equal((7, 20, null, 9),
            (custom.Selection!.Boots, custom.Selection.IterationMs, custom.Selection.Warmup, custom.Selection.MaxIterations));

        var none = await Run("--filter", "cpu.primes");
        Assert.Equal((null, null, null), (none.Selection!.Boots, none.Selection.Warmup, none.Selection.MaxIterations));
    }

    [Fact]
    public void Settings_that_are_asked_for_stay_consistent()
    {
        var settings = new EngineSettings(15, 150, 2, 5, 10, 2);
        var dry = new BdnSelection([], [], 1, null, 1, 1, 1).Apply(settings);
        Assert.Equal((1, 1, 1, 15), (dry.Warmup, dry.MinIterations, dry.MaxIterations, dry.IterationMs));
        Assert.Equal(3, new BdnSelection([], [], null, null, null, null, 3).Apply(settings).MinIterations);
        Assert.Equal(20, new BdnSelection([], [], null, null, null, 20, null).Apply(settings).MaxIterations);
    }

    [Fact]
    public async Task Exporters_and_the_artifacts_directory_are_the_users()
    {
        var (status, output, _, _) = await Run("--filter", "cpu.primes", "--exporters", "xml");
        Assert.Equal(0, status);
        Assert.Contains("| Ratio", output, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(directory, "results"), "*Cpu-report*.xml"));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(directory, "results"), "*Cpu-report.csv"));
    }

    [Theory]
    [InlineData("no probe matches", "--filter", "nothing.like.it")]
    [InlineData("say which probes")]
    [InlineData("built already", "--filter", "*", "--runtimes", "net8.0")]
    [InlineData("diagnosers", "--filter", "*", "--memory")]
    [InlineData("exporter", "--filter", "*", "--exporters", "telex")]
    [InlineData("greater", "--filter", "*", "--minIterationCount", "20", "--maxIterationCount", "10")]
    [InlineData("option", "--no-such-option")]
    public async Task Wrong_arguments_are_one_line_and_status_2(string says, params string[] arguments)
    {
        var (status, output, error, selection) = await Run(arguments);
        Assert.Equal(2, status);
        Assert.Null(selection);
        Assert.Equal("", output);
        Assert.Contains(says, error, StringComparison.OrdinalIgnoreCase);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task Help_is_no_error()
    {
        var (status, output, error, _) = await Run("--help");
        Assert.Equal(0, status);
        Assert.Contains("--filter", output, StringComparison.Ordinal);
        Assert.Equal("", error);
    }

    [Fact]
    public async Task A_failed_trial_is_status_1()
    {
        var run = new FakeRun { Guest = (target, _, _, attempt) => target == "docker" && attempt == 1 ? null : Answer.Times(100) };
        using var output = new StringWriter();
        var status = await BdnCommand.RunAsync(
            ["--filter", "cpu.primes", "--artifacts", directory], (_, _) => Task.FromResult(run.Record()), output, TextWriter.Null,
            TestContext.Current.CancellationToken);
        Assert.Equal(1, status);
    }

    private async Task<(int Status, string Output, string Error, BdnSelection? Selection)> Run(params string[] arguments)
    {
        BdnSelection? asked = null;
        var settings = new EngineSettings(15, 150, 2, 5, 10, 2);
        Task<Recording> Measure(BdnSelection selection, CancellationToken cancellation)
        {
            asked = selection;
            return Task.FromResult(new FakeRun
            {
                Probes = [.. selection.Probes.Select(p => p.ToString())],
                Implementations = [.. selection.Implementations],
                Boots = selection.Boots ?? 2,
                Engine = selection.Apply(settings),
            }.Record());
        }

        using var output = new StringWriter();
        using var error = new StringWriter();
        var status = await BdnCommand.RunAsync([.. arguments, "--artifacts", directory], Measure, output, error,
            TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString(), asked);
    }
}
