using VirtualBench.Plan;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Plan;

public sealed class PlanTests
{
    private static readonly int[] TwoCpus = [0, 1];

    [Fact]
    public void Each_block_holds_every_target_once_in_an_order_that_the_seed_decides()
    {
        var targets = PlanBuilder.ReadTargets("native,docker,qemu,b=native", _ => null);
        var plan = PlanBuilder.Build(new RunRequest("quick"), targets, 7, TwoCpus);

        Assert.Equal(24, plan.Trials.Count);
        Assert.All(plan.Trials.GroupBy(t => t.Block),
            block => Assert.Equal(["b", "docker", "native", "qemu"], block.Select(t => t.TargetId).Order()));
        Assert.True(plan.Trials.GroupBy(t => t.Block).Select(b => string.Join(',', b.Select(t => t.TargetId))).Distinct().Count() > 1);
        Assert.Equal(plan.Trials.Select(t => t.TargetId),
            PlanBuilder.Build(new RunRequest("quick"), targets, 7, TwoCpus).Trials.Select(t => t.TargetId));
        Assert.NotEqual(plan.Trials.Select(t => t.TargetId),
            PlanBuilder.Build(new RunRequest("quick"), targets, 8, TwoCpus).Trials.Select(t => t.TargetId));
        Assert.Equal("native", plan.BaselineId);
    }

    [Fact]
    public void A_seed_gives_the_same_order_in_every_release()
    {
        var random = new SplitMix64(42);

        // The first outputs of SplitMix64 for seed 42 as its reference implementation gives them.
        Assert.Equal(
            [13679457532755275413ul, 2949826092126892291ul, 5139283748462763858ul], new[] { random.Next(), random.Next(), random.Next() });
    }

    [Theory]
    [InlineData("native,native", "two targets are called 'native'")]
    [InlineData("Docker!", "no target")]
    [InlineData("", "no target is named")]
    [InlineData("a b=native", "cannot name a target")]
    [InlineData("qemu@sparc", "no target")]
    public void A_wrong_target_list_says_what_is_wrong(string list, string message) =>
        Assert.Contains(
            message, Assert.Throws<PlanException>(() => PlanBuilder.ReadTargets(list, _ => null)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("mem.nosuch", "unknown probe")]
    [InlineData("mem.triad{size=1}", "has no parameter 'size'")]
    [InlineData("mem.triad{bytes=1,bytes=2}", "twice")]
    [InlineData("mem.triad{bytes=1 2}", "is no probe")]
    [InlineData("mem.triad{bytes=$(id)}", "is no probe")]
    public void A_wrong_probe_says_what_is_wrong(string globs, string message) =>
        Assert.Contains(message, Assert.Throws<PlanException>(() => ProbeSelection.Select(globs, [])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_glob_takes_the_presets_parameters_and_adds_what_the_preset_lacks()
    {
        var selected = PlanBuilder.Probes(new RunRequest("quick", Probes: "mem.t*,os.*,cpu.primes{limit=100}"));

        Assert.Contains("mem.triad{bytes=16777216}", selected.Select(p => p.ToString()));
        Assert.Contains("os.thread", selected.Select(p => p.ToString()));
        Assert.Contains("cpu.primes{limit=100}", selected.Select(p => p.ToString()));
    }

    [Fact]
    public void Every_probe_of_every_preset_exists() =>
        Assert.All(Presets.All, p => Assert.NotEmpty(PlanBuilder.Probes(new RunRequest(p.Name))));

    [Theory]
    [InlineData("docker:crun", "docker", "crun")]
    [InlineData("oci:/usr/bin/crun", "oci", "/usr/bin/crun")]
    [InlineData("qemu@x64", "qemu", null)]
    public void Target_names_read_back_as_written(string text, string engine, string? variant)
    {
        Assert.True(TargetName.TryParse(text, out var name));
        Assert.Equal((engine, variant), (name.Engine, name.Variant));
        Assert.True(TargetName.TryParse(name.ToString(), out var again));
        Assert.Equal(name, again);
    }

    [Fact]
    public void Resources_outside_what_the_process_may_use_are_refused()
    {
        var targets = PlanBuilder.ReadTargets("native", _ => null);

        Assert.Throws<PlanException>(() => PlanBuilder.Build(new RunRequest("quick", VirtualCpus: 3), targets, 1, TwoCpus));
        Assert.Throws<PlanException>(() => PlanBuilder.Build(new RunRequest("quick", Cpus: [5]), targets, 1, TwoCpus));
        Assert.Throws<PlanException>(() => PlanBuilder.Build(new RunRequest("quick", MemoryBytes: 1024), targets, 1, TwoCpus));
        Assert.Throws<PlanException>(() => PlanBuilder.Build(new RunRequest("quick", Boots: 0), targets, 1, TwoCpus));
        Assert.Throws<PlanException>(() => PlanBuilder.Build(new RunRequest("quick", MarginPercent: double.NaN), targets, 1, TwoCpus));
        Assert.Equal([1], PlanBuilder.Build(new RunRequest("quick"), targets, 1, TwoCpus).Resources.HostCpus);
    }

    [Fact]
    public void One_target_after_the_other_is_an_order_that_can_be_asked_for()
    {
        var targets = PlanBuilder.ReadTargets("b=native,a=native", _ => null);
        var plan = PlanBuilder.Build(new RunRequest("quick", Boots: 3, Order: TrialOrder.Sequential), targets, 1, TwoCpus);
        Assert.Equal(["b", "b", "b", "a", "a", "a"], plan.Trials.Select(t => t.TargetId));
        Assert.Equal([1, 2, 3, 1, 2, 3], plan.Trials.Select(t => t.Block));
        Assert.Equal([1, 2, 3, 4, 5, 6], plan.Trials.Select(t => t.Position));
    }
}
