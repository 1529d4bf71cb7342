using VirtualBench.Networks;
using VirtualBench.Plan;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Networks;

public sealed class NetworkOptionTests
{
    [Theory]
    [InlineData("ovs.tso=no", null)]
    [InlineData("ovs-dpdk.pmd-cpu-mask=0x3", null)]
    [InlineData("ovs-dpdk.memory=1024", null)]
    [InlineData("vhost-user.host=10.77.0.1", null)]
    [InlineData("ovs", "'ovs' is no option of a network: write NETWORK.NAME=VALUE, e.g. ovs-dpdk.pmd-maxsleep=0")]
    [InlineData("ovs=yes", "'ovs=yes' is no option of a network: write NETWORK.NAME=VALUE, e.g. ovs-dpdk.pmd-maxsleep=0")]
    [InlineData("vpp.tso=no", "'vpp.tso=no': there is no network 'vpp'")]
    [InlineData("bridge.tso=no", "'bridge.tso=no': bridge has no options")]
    [InlineData("ovs.gso=no", "'ovs.gso=no': ovs has no option 'gso'; there are tso")]
    [InlineData("ovs.tso=on", "'ovs.tso=on': ovs.tso is yes or no")]
    [InlineData("ovs-dpdk.memory=63", "'ovs-dpdk.memory=63': ovs-dpdk.memory is 64 to 1048576")]
    [InlineData("ovs-dpdk.memory=-1", "'ovs-dpdk.memory=-1': ovs-dpdk.memory is 64 to 1048576")]
    [InlineData("ovs-dpdk.pmd-cpu-mask=0x0", "'ovs-dpdk.pmd-cpu-mask=0x0': ovs-dpdk.pmd-cpu-mask is a mask such as 0x3")]
    [InlineData("ovs-dpdk.pmd-cpu-mask=3 --x", "'ovs-dpdk.pmd-cpu-mask=3 --x': ovs-dpdk.pmd-cpu-mask is a mask such as 0x3")]
    public void An_option_is_one_or_is_refused_in_one_line(string text, string? reason) =>
        Assert.Equal(reason, NetworkCatalogue.WhyNoOption(text));

    [Theory]
    [InlineData("vhost-user.host=10.77.0.2")]
    [InlineData("vhost-user.host=10.78.0.1")]
    [InlineData("vhost-user.host=10.77.1")]
    [InlineData("vhost-user.host=::1")]
    [InlineData("vhost-user.server=me")]
    public void A_hosts_end_that_no_guest_could_reach_is_refused(string text) =>
        Assert.Contains(text.Split('=')[0] + " is ", NetworkCatalogue.WhyNoOption(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("vhost-user:/run/a.sock", true)]
    [InlineData("vhost-user:/run/a.sock+/run/b.sock", true)]
    [InlineData("vhost-user", false)]
    [InlineData("vhost-user:a.sock", false)]
    [InlineData("vhost-user:/a+/a", false)]
    [InlineData("vhost-user:/a+/b+/c", false)]
    [InlineData("ovs:/a", false)]
    public void Sockets_are_one_or_two_absolute_paths(string name, bool isNetwork) =>
        Assert.Equal(isNetwork, NetworkCatalogue.WhyUnknown(name) is null);

    [Fact]
    public void A_mask_names_its_processors() => Assert.Equal([0, 1, 5, 63], NetworkOption.CpusOf("0x8000000000000023"));

    [Fact]
    public void Every_default_is_a_value() => Assert.All(
        NetworkCatalogue.All.SelectMany(kind => kind.Options).Where(option => option.Default.Length > 0),
        option => Assert.True(option.Accepts(option.Default), option.Name));

    [Fact]
    public void The_polling_thread_keeps_off_the_guests_processors()
    {
        var session = new NetworkSession("virtualbench-x-switch", "/nowhere") { AllowedCpus = [2, 3, 5], GuestCpus = [2] };
        Assert.Equal("0x8", NetworkCatalogue.Create("ovs-dpdk", session).Settings["pmd-cpu-mask"]);
        Assert.Equal("0x4", NetworkCatalogue.Create("ovs-dpdk", session with { AllowedCpus = [2] }).Settings["pmd-cpu-mask"]);
    }

    [Fact]
    public void An_option_of_a_network_that_no_target_is_in_is_refused()
    {
        Assert.True(TargetName.TryParse("native", out var name));
        PlannedTarget[] targets = [new("native+ovs", name!, Network: "ovs"), new("native+v", name!, Network: "vhost-user:/a")];
        Crossing.RequireUse(new Dictionary<string, string> { ["ovs.tso"] = "no", ["vhost-user.server"] = "guest" }, targets);
        Crossing.RequireUse(null, targets);
        Assert.Equal(
            "--network-option ovs-dpdk.tso: no target is crossed with that network; name it with --networks",
            Assert.Throws<PlanException>(
                () => Crossing.RequireUse(new Dictionary<string, string> { ["ovs-dpdk.tso"] = "no" }, targets)).Message);
    }
}
