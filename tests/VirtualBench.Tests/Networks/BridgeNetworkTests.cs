using VirtualBench.Networks;
using VirtualBench.Targets.Links;

namespace VirtualBench.Tests.Networks;

public sealed class BridgeNetworkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_reaches_the_hosts_end_and_the_other_guest()
    {
        await using var network = await OpenAsync();
        await using var first = await network.PlugAsync(LinkKinds.Namespace, 0, "vbtest", Path.GetTempPath(), Cancellation);
        await using var second = await network.PlugAsync(LinkKinds.Namespace, 1, "vbtest", Path.GetTempPath(), Cancellation);
        Assert.Equal("from the host", await TalkAsync(first.Link, network.HostSide!.Host, network.HostSide.Namespace!, "from the host"));
        Assert.Equal("from a guest", await TalkAsync(first.Link, second.Link.Address.Host, second.Link.Namespace!, "from a guest"));
    }

    [Fact]
    public async Task A_port_can_be_plugged_again_at_once()
    {
        await using var network = await OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            await using var port = await network.PlugAsync(LinkKinds.Namespace, 0, "vbtest", Path.GetTempPath(), Cancellation);
            await using var tap = await network.PlugAsync(LinkKinds.Tap, 1, "vbtest", Path.GetTempPath(), Cancellation);
            Assert.Equal("guest1", Assert.IsType<TapLink>(tap.Link).Device);
        }
    }

    [Fact]
    public async Task The_hosts_links_are_the_same_before_and_after()
    {
        var before = File.ReadAllText("/proc/net/dev").Split('\n').Select(line => line.Split(':')[0]).ToList();
        await using (var network = await OpenAsync())
        {
            await using var port = await network.PlugAsync(LinkKinds.Namespace, 0, "vbtest", Path.GetTempPath(), Cancellation);
            Assert.Equal(before, File.ReadAllText("/proc/net/dev").Split('\n').Select(line => line.Split(':')[0]));
        }

        Assert.Equal(before, File.ReadAllText("/proc/net/dev").Split('\n').Select(line => line.Split(':')[0]));
    }

    [Theory]
    [InlineData(0, "0.0.0.0")]
    [InlineData(8, "255.0.0.0")]
    [InlineData(20, "255.255.240.0")]
    [InlineData(24, "255.255.255.0")]
    [InlineData(32, "255.255.255.255")]
    public void The_mask_is_that_of_the_prefix(int length, string mask) =>
        Assert.Equal(mask, new GuestAddress("10.0.0.1", length, "", 1500).Mask);

    private static Task<INetwork> OpenAsync() => Usable.OpenAsync(new BridgeNetwork());

    private static async Task<string> TalkAsync(
        GuestLink from, string host, VirtualBench.Targets.Interop.NetworkNamespace where, string text)
    {
        using var listener = await Tcp.ListenAsync(where, Tcp.Port);
        var answering = Tcp.AnswerAsync(listener, text, Cancellation);
        var got = await Tcp.FetchAsync(from.Namespace!, host, Tcp.Port, Cancellation);
        await answering;
        return got;
    }
}
