using VirtualBench.Reports;

namespace VirtualBench.Tests.Reports;

public class ReportBuilderTests
{
    [Fact]
    public void The_ratio_is_of_time_whether_the_figure_is_a_rate_or_a_time()
    {
        var report = ReportBuilder.Build(new FakeRun
        {
            Probes = ["cpu.primes", "os.syscall"],
            Guest = (target, _, block, _) => Answer.Times((100 + block) * (target == "docker" ? 1.2 : 1)),
        }.Record());
        Assert.Equal(["higher", "higher", "lower", "lower"], report.Results.Select(r => r.Direction));
        foreach (var result in report.Results.Where(r => r.Target == "docker"))
        {
            Assert.Equal(1.2, result.Ratio!.Value, 9);
            Assert.Equal(1.2, result.RatioCi95![0], 9);
            Assert.Equal(1.2, result.RatioCi95[1], 9);
            Assert.Equal("worse", result.Verdict);
            Assert.Equal("same-binary", result.Comparison);
            Assert.Equal((true, "measured", null), (result.Valid, result.State, result.Reason));
        }

        var native = report.Results[0];
        Assert.Equal(("baseline", 1.0, 6, 6), (native.Verdict, native.Ratio!.Value, native.Boots, native.Iterations));
        Assert.Equal(FakeRun.EventsPerSecond(103.5), native.Median!.Value, 1e3);
        Assert.InRange(native.Median.Value, native.Ci95![0], native.Ci95[1]);
    }

    [Fact]
    public void Two_vector_widths_compare_by_the_work_they_do()
    {
        // The wider one does four times the work in an operation that takes twice as long.
        var report = ReportBuilder.Build(new FakeRun
        {
            Probes = ["cpu.fma"],
            Guest = (target, _, _, _) => target == "docker" ? new Answer([200], Work: 4096) : new Answer([100], Work: 1024),
        }.Record());
        Assert.Equal(0.5, report.Results[1].Ratio!.Value, 9);
        Assert.Equal("better", report.Results[1].Verdict);
    }

    [Fact]
    public void Fewer_than_six_boots_have_a_ratio_but_neither_interval_nor_verdict()
    {
        var result = ReportBuilder.Build(new FakeRun { Boots = 5 }.Record()).Results[1];
        Assert.Equal(1.0, result.Ratio!.Value, 9);
        Assert.Null(result.RatioCi95);
        Assert.Null(result.Ci95);
        Assert.Equal("inconclusive", result.Verdict);
        Assert.Contains("too few for a 95 % interval", result.Reason, StringComparison.Ordinal);
        Assert.True(result.Valid);
    }

    [Fact]
    public void Only_blocks_that_hold_both_are_compared()
    {
        var report = ReportBuilder.Build(new FakeRun
        {
            Boots = 8,
            Guest = (target, _, block, _) => target == "native" && block == 1 ? new Answer([1], Error: "x")
                : Answer.Times(target == "docker" ? block == 1 ? 900 : 110 : 100),
        }.Record());
        var docker = report.Results.Single(r => r.Target == "docker");
        Assert.Equal(1.1, docker.RatioCi95![1], 9);
        Assert.Equal(8, docker.Boots);
        Assert.False(report.Results.Single(r => r.Target == "native").Valid);
        Assert.Equal(3, report.Failures.Count);
    }

    [Fact]
    public void Other_guest_binaries_of_one_architecture_are_only_compared_when_that_is_allowed()
    {
        var recording = new FakeRun
        {
            Guest = (target, _, _, _) => new Answer([100], Build: target == "docker" ? "other" : "aaaa"),
        }.Record();
        var refused = ReportBuilder.Build(recording).Results[1];
        Assert.Null(refused.Ratio);
        Assert.Equal("inconclusive", refused.Verdict);
        Assert.Contains("another guest binary", refused.Reason, StringComparison.Ordinal);
        var allowed = ReportBuilder.Build(recording, new ReportOptions(AllowOtherBinary: true)).Results[1];
        Assert.Equal(("other-binary", 1.0), (allowed.Comparison, Math.Round(allowed.Ratio!.Value, 9)));
    }

    [Fact]
    public void Boots_of_one_target_that_ran_different_binaries_are_not_valid()
    {
        var result = ReportBuilder.Build(new FakeRun
        {
            Targets = ["native"],
            Guest = (_, _, block, _) => new Answer([100], Build: block == 3 ? "x" : "y"),
        }.Record()).Results[0];
        Assert.False(result.Valid);
        Assert.Contains("different guest binaries", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_architecture_is_compared_and_marked()
    {
        var report = ReportBuilder.Build(new FakeRun
        {
            Targets = ["native", "qemu", "qemu@arm64"],
            Guest = (target, _, _, _) => new Answer([target == "native" ? 100 : 1000], Build: target == "qemu@arm64" ? "bbbb" : "aaaa"),
        }.Record());
        Assert.Equal(["same-binary", "same-binary", "other-architecture"], report.Results.Select(r => r.Comparison));
        Assert.Equal(["aaaa", "aaaa", "bbbb"], report.Results.Select(r => r.GuestBinary));
        Assert.Equal(["none", "emulation", "emulation"], report.Targets.Select(t => t.Acceleration));
        var marks = ReportMatrix.From(report).Columns.Select(c => string.Join(',', c.Marks));
        Assert.Equal(["", "emulated", "emulated,arm64"], marks);
    }

    [Fact]
    public void Implementations_are_never_compared_with_each_other()
    {
        var report = ReportBuilder.Build(new FakeRun
        {
            Implementations = ["c", "cs"],
            Guest = (target, _, _, _) => Answer.Times(target == "docker" ? 300 : 100),
        }.Record());
        Assert.Equal([1, 3, 1, 3], report.Results.Select(r => Math.Round(r.Ratio!.Value, 9)));
        Assert.Equal(["c", "c", "cs", "cs"], report.Results.Select(r => r.Implementation));
    }

    [Fact]
    public void A_cell_without_a_figure_says_what_became_of_it()
    {
        var report = ReportBuilder.Build(new FakeRun
        {
            Guest = (target, _, _, _) => target == "docker" ? new Answer([1], Unsupported: "no AVX here") : Answer.Times(100),
        }.Record());
        var docker = report.Results[1];
        Assert.Equal(("unsupported", false, "no AVX here"), (docker.State, docker.Valid, docker.Reason));
        Assert.Null(docker.Median);
        Assert.Null(docker.Ratio);
        Assert.Null(docker.Comparison);
        Assert.Equal("inconclusive", docker.Verdict);
    }

    [Fact]
    public void A_time_of_zero_has_no_ratio()
    {
        var result = ReportBuilder.Build(new FakeRun
        {
            Probes = ["os.syscall"],
            Guest = (target, _, block, _) => Answer.Times(target == "docker" && block == 4 ? 0 : 10),
        }.Record()).Results[1];
        Assert.Null(result.Ratio);
        Assert.Equal(10, result.Median!.Value, 9);
        Assert.Contains("zero", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_baseline_there_is_no_ratio()
    {
        var report = ReportBuilder.Build(
            new FakeRun { Guest = (target, _, _, _) => target == "native" ? null : Answer.Times(100) }.Record());
        Assert.Equal("failed", report.Results[0].State);
        Assert.Null(report.Results[1].Ratio);
        Assert.NotNull(report.Results[1].Reason);
    }

    [Fact]
    public void The_command_line_repeats_the_run()
    {
        var report = ReportBuilder.Build(
            new FakeRun { Targets = ["native", "b=native"], Probes = ["cpu.primes", "mem.triad{bytes=1024}"] }.Record());
        Assert.Equal(
            "run --preset quick --targets native,b=native --probes 'cpu.primes,mem.triad{bytes=1024}' --boots 6 --margin 5 --seed 42",
            report.Run.CommandLine);
        Assert.Equal("native", report.Run.Baseline);
    }
}
