using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using VirtualBench.Campaign;
using VirtualBench.Plan;
using VirtualBench.Statistics;
using VirtualBench.Tests.Reports;
using VirtualBench.Toolchain;
using BenchmarkReport = VirtualBench.Toolchain.BenchmarkReport;

namespace VirtualBench.Tests.Toolchain;

public sealed class BenchmarkReportTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("vbtest-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Every_probe_of_the_catalogue_has_a_benchmark_method_and_there_are_no_others() =>
        Assert.Equal(ProbeCatalogue.All.Select(p => p.Id).Order(), ProbeMethods.Ids.Order());

    [Fact]
    public void Each_launch_is_a_boot_with_its_iterations_and_the_medians_are_ours()
    {
        var samples = Samples.From(new FakeRun
        {
            Probes = ["cpu.primes", "mem.triad{bytes=4096}"],
            Guest = (target, probe, block, _) =>
                new Answer([block * 100, (block * 100) + 7, (block * 100) + (target == "docker" ? 50 : 3)]),
        }.Record());
        var summaries = Replay(samples);
        Assert.Equal(2, summaries.Count);
        foreach (var report in summaries.SelectMany(s => s.Reports))
        {
            var cell = CellOf(samples, report.BenchmarkCase);
            Assert.True(report.Success);
            Assert.Equal(6, report.ExecuteResults.Count);
            var launches = report.GetResultRuns().GroupBy(m => m.LaunchIndex).ToDictionary(
                g => g.Key, g => BootMedian.Of(g.Select(m => m.Nanoseconds / m.Operations)));
            foreach (var boot in cell.Boots)
            {
                Assert.Equal(BootMedian.Of(boot.Section!.Results.Select(r => r.NanosecondsPerOperation)), launches[boot.Block], 9);
            }

            var all = cell.Boots.SelectMany(b => b.Section!.Results).Select(r => r.NanosecondsPerOperation);
            Assert.Equal(BootMedian.Of(all), report.ResultStatistics!.Median, 9);
        }
    }

    [Fact]
    public void The_median_of_a_single_boot_is_our_figure()
    {
        var samples = Samples.From(new FakeRun { Boots = 1, Guest = (_, _, _, _) => Answer.Times(500, 700, 400) }.Record());
        var report = Replay(samples).Single().Reports[0];
        Assert.Equal(500, report.ResultStatistics!.Median, 9);
        Assert.Equal(FakeRun.EventsPerSecond(500), samples.Cells[0].Boots[0].Value, 6);
    }

    [Fact]
    public void Native_is_the_baseline_of_each_implementation_and_stands_first()
    {
        var samples = Samples.From(new FakeRun
        {
            Targets = ["docker", "native"],
            Implementations = ["c", "cs"],
            Guest = (target, _, _, _) => Answer.Times(target == "native" ? 100 : 150),
        }.Record());
        var summary = Replay(samples).Single();
        Assert.Equal(["native", "docker", "native", "docker"], summary.BenchmarksCases.Select(b => b.Job.Id));
        Assert.Equal(["c", "c", "cs", "cs"], summary.BenchmarksCases.Select(b => (string)b.Parameters["Implementation"]));
        var columns = summary.Table.Columns.Where(c => c.NeedToShow).ToDictionary(c => c.Header, c => c.Content);
        Assert.Equal(["native", "docker", "native", "docker"], columns["Target"]);
        Assert.Equal(["1.000", "1.500", "1.000", "1.500"], columns["Ratio"]);
        Assert.Equal(["NA", "1.500-1.500", "NA", "1.500-1.500"], columns["Ratio interval"]);
        Assert.Equal("10,000,000 events/s", columns["Figure"][0]);
        Assert.Equal("6/6", columns["Boots"][0]);
        Assert.Equal(["c", "c", "cs", "cs"], columns["Implementation"]);
    }

    [Fact]
    public void Its_medians_agree_with_ours()
    {
        var recording = new FakeRun
        {
            Targets = ["native", "docker", "podman"],
            Probes = ["os.syscall", "os.clock"],
            Guest = (target, probe, block, _) => Answer.Times(
                100 + (block * 7 % 5) + target.Length, 103 + block + probe.Id.Length, 140 + (block * target.Length % 11)),
        }.Record();
        var results = VirtualBench.Reports.ReportBuilder.Build(recording).Results;
        var reports = Replay(Samples.From(recording)).SelectMany(s => s.Reports).ToList();
        Assert.Equal(results.Count, reports.Count);
        foreach (var report in reports)
        {
            var ours = results.Single(r =>
                r.Target == report.BenchmarkCase.Job.Id && r.Probe == report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo);

            // It pools all iterations where we let each boot count once: its measurements, taken boot by boot, give our median exactly.
            var boots = report.AllMeasurements.Where(m => m.IterationStage == BenchmarkDotNet.Engines.IterationStage.Result)
                .GroupBy(m => m.LaunchIndex).Select(l => VirtualBench.Statistics.BootMedian.Of(l.Select(m => m.Nanoseconds / m.Operations)));
            Assert.Equal(ours.Median!.Value, VirtualBench.Statistics.BootMedian.Of(boots), 6);
            Assert.InRange(report.ResultStatistics!.Median, ours.BootFigures.Min(b => b.Figure), ours.BootFigures.Max(b => b.Figure));
        }
    }

    [Fact]
    public void Emulated_targets_say_so()
    {
        var summary = Replay(Samples.From(new FakeRun { Targets = ["native", "qemu"] }.Record())).Single();
        Assert.Equal(["native", "qemu (emulated)"], summary.Table.Columns.Single(c => c.Header == "Target").Content);
    }

    [Fact]
    public void What_failed_has_no_figure_and_what_failed_once_has_that_of_the_attempt_that_did_not()
    {
        var samples = Samples.From(new FakeRun
        {
            Targets = ["native", "docker", "podman"],
            Guest = (target, _, block, attempt) => target switch
            {
                "docker" => new Answer([100], Error: "wrong answer"),
                "podman" => new Answer([200], CutOff: block == 2 && attempt == 1),
                _ => Answer.Times(100),
            },
        }.Record());
        var summary = Replay(samples).Single();
        var reports = summary.Reports.ToDictionary(r => r.BenchmarkCase.Job.Id);
        Assert.False(reports["docker"].Success);
        Assert.Empty(reports["docker"].AllMeasurements);
        Assert.Contains("wrong answer", reports["docker"].ExecuteResults[0].Errors[0], StringComparison.Ordinal);
        Assert.True(reports["podman"].Success);
        Assert.Equal(6, reports["podman"].ExecuteResults.Count);
        Assert.Equal("NA", summary.Table.Columns.Single(c => c.Header == "Figure").Content[1]);
    }

    [Fact]
    public void Half_a_section_is_refused()
    {
        var recording = new FakeRun { Boots = 1, Guest = (_, _, _, _) => new Answer([100, 200], CutOff: true) }.Record();
        var transcript = recording.Trials[0].Transcript!;
        var result = ReplayExecutor.Replay(transcript.Sections[0], transcript.Lines, 0, 1);
        Assert.False(result.IsSuccess);
        Assert.Empty(result.Measurements);
        Assert.Contains("checksum is missing", Assert.Single(result.Errors), StringComparison.Ordinal);
    }

    // The reader has read the section; then a line is changed in a way that BenchmarkDotNet's parser drops without a word.
    [Theory]
    [InlineData("WorkloadResult")]
    [InlineData("WorkloadResult  2: 1000 op, oops ns, 1 ns/op")]
    [InlineData("WorkloadResult  2: 1000 op, 1.00 ns, 0.001 ns/op")]
    [InlineData("")]
    public void A_line_that_BenchmarkDotNet_reads_differently_is_noticed(string changed)
    {
        var transcript = new FakeRun { Boots = 1 }.Record().Trials[0].Transcript!;
        var lines = transcript.Lines.ToList();
        var index = lines.FindIndex(l => l.Text.StartsWith("WorkloadResult  2:", StringComparison.Ordinal));
        Assert.True(ReplayExecutor.Replay(transcript.Sections[0], lines, 0, 1).IsSuccess);
        lines[index] = lines[index] with { Text = changed };
        var result = ReplayExecutor.Replay(transcript.Sections[0], lines, 0, 1);
        Assert.False(result.IsSuccess);
        Assert.Contains("other measurements", Assert.Single(result.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Comments_that_BenchmarkDotNet_would_act_on_are_kept_from_it()
    {
        var transcript = new FakeRun { Boots = 1 }.Record().Trials[0].Transcript!;
        var lines = transcript.Lines.ToList();
        var section = transcript.Sections[0];
        lines[section.Lines.Start.Value + 2] = new(1, "// GC: garbage that its parser throws at");
        var trimmed = section with { Measurements = [.. section.Measurements.Skip(1)] };
        Assert.True(ReplayExecutor.Replay(trimmed, lines, 0, 1).IsSuccess);
    }

    [Fact]
    public void Jobs_for_one_architecture_share_a_build()
    {
        var executor = new ReplayExecutor();
        var one = new PrebuiltGuestToolchain("linux-x64", executor);
        Assert.Equal(one, new PrebuiltGuestToolchain("linux-x64", executor));
        Assert.Equal(one.GetHashCode(), new PrebuiltGuestToolchain("linux-x64", executor).GetHashCode());
        Assert.NotEqual(one, new PrebuiltGuestToolchain("linux-arm64", executor));

        var samples = Samples.From(new FakeRun { Targets = ["native", "docker", "qemu", "qemu@arm64"] }.Record());
        var runs = RecordedBenchmarks.From(samples, ManualConfig.CreateEmpty().WithArtifactsPath(directory));
        Assert.Equal(2, BenchmarkPartitioner.CreateForBuild(runs, BenchmarkDotNet.Environments.EnvironmentResolver.Instance).Length);
    }

    private IReadOnlyList<Summary> Replay(Samples samples) =>
        BenchmarkReport.Write(samples, ManualConfig.CreateEmpty().WithArtifactsPath(directory));

    private static Cell CellOf(Samples samples, BenchmarkCase benchmark) => samples.Cells.Single(c =>
        c.TargetId == benchmark.Job.Id && c.Probe.Id == benchmark.Descriptor.WorkloadMethodDisplayInfo
            && c.Implementation == (string)benchmark.Parameters["Implementation"]);
}
