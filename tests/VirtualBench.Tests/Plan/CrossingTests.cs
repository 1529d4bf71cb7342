using VirtualBench.Plan;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Plan;

public sealed class CrossingTests
{
    private static readonly PlannedTarget[] Targets = [Target("native"), Target("qemu")];

    [Fact]
    public void A_target_stands_by_itself_and_once_in_each_network()
    {
        var crossed = Crossing.Cross(Targets, Probes("os.clock", "net.tcp-rr"), ["bridge", "ovs"], null, _ => ["directory"]);
        Assert.Equal(
            ["native", "native+bridge", "native+ovs", "qemu", "qemu+bridge", "qemu+ovs"], crossed.Select(t => t.Id));
        Assert.Equal([null, "bridge", "ovs", null, "bridge", "ovs"], crossed.Select(t => t.Network));
        Assert.All(crossed, t => Assert.Equal(t.Target.Engine, t.UncrossedId));
    }

    [Fact]
    public void Without_other_probes_no_target_stands_by_itself()
    {
        var crossed = Crossing.Cross(Targets, Probes("net.tcp-rr"), null, null, _ => ["directory"]);
        Assert.Equal(["native+bridge", "qemu+bridge"], crossed.Select(t => t.Id));
    }

    [Fact]
    public void Each_trial_runs_what_its_surroundings_are_for()
    {
        var probes = Probes("os.clock", "net.tcp-rr", "disk.fsync");
        var crossed = Crossing.Cross(Targets, probes, ["bridge"], ["directory"], _ => ["directory"]);
        Assert.Equal(["os.clock"], Ran(crossed, "qemu", probes));
        Assert.Equal(["net.tcp-rr"], Ran(crossed, "qemu+bridge", probes));
        Assert.Equal(["disk.fsync"], Ran(crossed, "qemu+directory", probes));
    }

    [Fact]
    public void Each_target_has_a_disk_that_suits_it_when_none_is_named()
    {
        var crossed = Crossing.Cross(
            Targets, Probes("disk.read"), null, null, name => name.Engine == "qemu" ? ["virtio-blk"] : ["directory"]);
        Assert.Equal(["native+directory", "qemu+virtio-blk"], crossed.Select(t => t.Id));
    }

    [Theory]
    [InlineData("native,qemu", "qemu+virtio-blk", "native+directory")] // which a process cannot have
    [InlineData("native,qemu", "qemu+directory", "native+directory")]
    [InlineData("docker,qemu", "qemu+virtio-blk", "docker+virtio-blk")]
    public void Ratios_refer_to_native_whatever_disk_it_has(string targets, string target, string baseline)
    {
        PlannedTarget[] crossed = [.. targets.Split(',').Select(Target)
            .SelectMany(t => (t.Id == "native" ? ["directory"] : new[] { "virtio-blk", "directory" })
                .Select(disk => t with { Id = $"{t.Id}+{disk}", Disk = disk }))];
        var plan = new CampaignPlan(
            "quick", 1, 1, 5, crossed, ["c"], Probes("disk.read"), new EngineSettings(5, 50, 2, 3, 5, 10),
            new Resources(1, 1 << 30, []), []);
        Assert.Equal(baseline, plan.BaselineOf(crossed.Single(t => t.Id == target))!.Id);
    }

    [Theory]
    [InlineData("bridge", null, "--networks without a probe that needs one: add net.* to --probes")]
    [InlineData(null, "directory", "--disks without a probe that needs one: add disk.* to --probes")]
    public void Surroundings_that_no_probe_needs_are_refused(string? network, string? disk, string why)
    {
        var refusal = Assert.Throws<PlanException>(() => Crossing.Cross(
            Targets, Probes("os.clock"), network is null ? null : [network], disk is null ? null : [disk], _ => ["directory"]));
        Assert.Equal(why, refusal.Message);
    }

    [Fact]
    public void Names_are_read_and_unknown_ones_refused()
    {
        Assert.Equal(["a", "b"], Crossing.ReadNames("a, b,a", "network", _ => null));
        Assert.Null(Crossing.ReadNames(null, "network", _ => "unknown"));
        Assert.Equal(
            "unknown x; `list networks` shows them",
            Assert.Throws<PlanException>(() => Crossing.ReadNames("x", "network", name => $"unknown {name}")).Message);
        Assert.Equal(
            "no network is named; `list networks` shows them",
            Assert.Throws<PlanException>(() => Crossing.ReadNames(",", "network", _ => null)).Message);
    }

    private static IEnumerable<string> Ran(IReadOnlyList<PlannedTarget> targets, string id, IReadOnlyList<ProbeSpecification> probes) =>
        probes.Where(p => Crossing.Runs(targets.Single(t => t.Id == id), p)).Select(p => p.Id);

    private static PlannedTarget Target(string name) =>
        TargetName.TryParse(name, out var parsed) ? new PlannedTarget(name, parsed) : throw new ArgumentException(name);

    private static IReadOnlyList<ProbeSpecification> Probes(params string[] ids) => [.. ids.Select(id => new ProbeSpecification(id, []))];
}
