using VirtualBench.Campaign;
using VirtualBench.Reports;
using VirtualBench.Reports.Claims;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Reports.Claims;

public class ClaimJudgeTests
{
    [Fact]
    public void The_papers_claims_are_read_and_none_is_testable_on_a_host_without_kvm()
    {
        Assert.True(TargetName.TryParse("kvm", out var kvm));
        var report = ReportBuilder.Build(new FakeRun
        {
            Targets = ["native", "docker", "qemu", "osv"],
            Others = [new RecordedTarget("kvm", kvm, "", Acceleration.Hardware, new Availability(false, null, "there is no /dev/kvm"))],
            Guest = (target, _, block, _) => Answer.Times((1000 + block) * (target == "qemu" ? 10 : 1)),
        }.Record());
        Assert.Equal(["H1", "H2", "H3", "H4", "H5", "H6"], report.Claims.Select(c => c.Id));
        Assert.All(report.Claims, c => Assert.Equal("not-testable", c.Outcome));
        Assert.Contains("kvm is not usable (there is no /dev/kvm)", report.Claims[0].Reason, StringComparison.Ordinal);

        // Emulation in KVM's place is shown and never judged.
        Assert.NotEmpty(report.Claims[0].Evidence);
        Assert.All(report.Claims[0].Evidence, e => Assert.False(e.Judged));
        Assert.Contains("docker against qemu (emulated)", report.Claims[0].Evidence[0].What, StringComparison.Ordinal);
        Assert.Contains("net.tcp-stream", report.Claims[1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.9, "reproduced")]
    [InlineData(0.5, "contradicted")]
    [InlineData(1.2, "contradicted")]
    public void The_interval_of_the_geometric_mean_decides(double cost, string outcome)
    {
        var claim = H1(Report((target, _) => target is "docker" or "osv" ? cost : 1));
        Assert.Equal(outcome, claim.Outcome);
        Assert.Equal(cost, claim.Evidence[0].Ratio!.Value, 6);
        Assert.Equal(3, claim.Evidence.Count);
        Assert.All(claim.Evidence, e => Assert.True(e.Judged));
    }

    [Fact]
    public void What_crosses_an_edge_is_inconclusive() =>
        Assert.Equal("inconclusive", H1(Report((target, block) => target is "docker" or "osv" ? 0.9 + (block * 0.04) : 1)).Outcome);

    [Fact]
    public void A_claim_of_several_kinds_is_not_judged_by_one_of_them()
    {
        var claim = H1(Report((_, _) => 1, "native", "docker", "kvm"));
        Assert.Equal("not-testable", claim.Outcome);
        Assert.Contains("the run has no rumprun or osv", claim.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_emulated_unikernel_is_not_judged_even_where_kvm_is_usable()
    {
        var report = Report((_, _) => 1);
        var emulated = report with { Targets = [.. report.Targets.Select(t => t.Id == "osv" ? t with { Acceleration = "emulation" } : t)] };
        var claim = ClaimJudge.Judge([ClaimFile.Paper], emulated)[0];
        Assert.Equal("not-testable", claim.Outcome);
        Assert.Contains("emulated here", claim.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Throughput_is_the_inverse_of_cost_and_networks_are_told_apart()
    {
        var file = Parse("""
            {"id":"N","condition":"c","statement":"s","reading":"r","targets":[["kvm"]],"networks":["ovs"],"against":"kvm",
             "againstNetwork":"bridge","probes":["cpu.*"],"measure":"throughput","low":1.3}
            """);
        var report = Report((target, _) => target == "a" ? 2 : 1, "native", "a=kvm", "b=kvm");
        Assert.Equal("not-testable", ClaimJudge.Judge([file], report)[0].Outcome);
        var wired = report with
        {
            Targets = [.. report.Targets.Select(t => t with { Network = t.Id switch { "a" => "bridge", "b" => "ovs", _ => null } })],
        };
        var claim = ClaimJudge.Judge([file], wired)[0];
        Assert.Equal(("reproduced", 2.0), (claim.Outcome, Math.Round(claim.Evidence[0].Ratio!.Value, 6)));
        Assert.Single(claim.Evidence);
    }

    [Fact]
    public void Each_target_counts_by_itself_where_the_claim_says_each()
    {
        var file = Parse("""
            {"id":"E","condition":"c","statement":"s","reading":"r","targets":[["docker","osv"]],"against":"kvm","probes":["cpu.primes"],
             "measure":"time","combine":"each","low":0.9,"high":1.1}
            """);
        Assert.Equal("reproduced", ClaimJudge.Judge([file], Report((_, _) => 1))[0].Outcome);
        Assert.Equal("contradicted", ClaimJudge.Judge([file], Report((target, _) => target == "osv" ? 1.5 : 1))[0].Outcome);
    }

    [Theory]
    [InlineData(false, "contradicted")]
    [InlineData(true, "reproduced")]
    public void Completion_is_about_every_probe_in_every_boot(bool fails, string outcome)
    {
        var report = ReportBuilder.Build(new FakeRun
        {
            Targets = ["native", "unikernel@arm64"],
            Probes = ["cpu.primes", "os.cpuid"],
            Guest = (target, probe, block, _) => target != "unikernel@arm64" ? Answer.Times(1)
                : probe.Id == "os.cpuid" ? new Answer([1], Unsupported: "no CPUID")
                : fails && block == 3 ? new Answer([1], Error: "x") : Answer.Times(1),
        }.Record());
        Assert.Equal(outcome, report.Claims.Single(c => c.Id == "H6").Outcome);
    }

    [Theory]
    [InlineData(1, "contradicted")]
    [InlineData(6, "not-testable")]
    public void A_boot_that_the_run_ended_before_is_no_failure(int skipped, string outcome)
    {
        var report = ReportBuilder.Build(new FakeRun { Targets = ["native", "unikernel@arm64"], SkippedBlocks = skipped }.Record());
        Assert.Equal(outcome, report.Claims.Single(c => c.Id == "H6").Outcome);
    }

    [Fact]
    public void Probes_that_a_run_did_not_come_to_decide_nothing()
    {
        var report = ReportBuilder.Build(new FakeRun { Targets = ["native", "unikernel@arm64"], Probes = ["cpu.primes", "os.cpuid"] }.Record());
        var cut = report with
        {
            Results = [.. report.Results.Select(r => r is { Target: "unikernel@arm64", Probe: "os.cpuid" }
                ? r with { State = "not-run", Boots = 0, BootFigures = [] } : r)],
        };
        Assert.Equal("inconclusive", ClaimJudge.Judge([ClaimFile.Paper], cut).Single(c => c.Id == "H6").Outcome);
    }

    private static ClaimFile Parse(string claim) => ClaimFileReader.Parse(
        System.Text.Encoding.UTF8.GetBytes($$"""{"schema":"virtualbench.claims/1","source":"me","claims":[{{claim}}]}"""), "test");

    private static ReportClaim H1(ReportDocument report) => report.Claims.Single(c => c.Id == "H1");

    // Fake targets are accelerated unless their name begins with qemu.
    private static ReportDocument Report(Func<string, int, double> cost, params string[] targets)
    {
        var report = ReportBuilder.Build(new FakeRun
        {
            Targets = targets.Length > 0 ? targets : ["native", "docker", "osv", "kvm"],
            Guest = (target, _, block, _) => Answer.Times((1000 + block) * cost(target, block)),
        }.Record());
        return report;
    }
}
