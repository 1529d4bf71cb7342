using System.Net;
using System.Net.Sockets;
using VirtualBench.Networks;
using VirtualBench.Targets;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Networks;

/// <summary>What every network has to do for a guest in a namespace, with real traffic on each that this host has.</summary>
public sealed class NetworkTests : IDisposable
{
    private readonly RunScratch _scratch = RunScratch.Create($"nettest{Environment.ProcessId}");
    private readonly NetworkSession _session;

    public NetworkTests() => _session = new NetworkSession(
        NetworkSession.SwitchLabel($"nettest{Environment.ProcessId}"), _scratch.DirectoryPath);

    public static TheoryData<string> OfNamespaces { get; } = new(NetworkCatalogue.All
        .Where(kind => kind.Argument is null && kind.Offers.HasFlag(LinkKinds.Namespace)).Select(kind => kind.Name));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Theory, MemberData(nameof(OfNamespaces))]
    public async Task A_guest_reaches_the_hosts_end_by_tcp_and_udp(string name)
    {
        await using var network = await OpenAsync(name);
        var (host, place) = (network.HostSide!.Host, network.HostSide.Namespace);
        for (var again = 0; again < 3; again++)
        {
            await using var port = await PlugAsync(network, 0);
            using var listener = await Tcp.ListenAsync(place, Tcp.Port);
            var answering = Tcp.AnswerAsync(listener, "by tcp", Cancellation);
            Assert.Equal("by tcp", await Tcp.FetchAsync(port.Link.Namespace!, host, Tcp.Port, Cancellation));
            await answering;

            using var server = await place!.RunAsync(NewUdp);
            server.Bind(new IPEndPoint(IPAddress.Any, Tcp.Port));
            using var client = await port.Link.Namespace!.RunAsync(NewUdp);
            await client.SendToAsync(new byte[1000], new IPEndPoint(IPAddress.Parse(host), Tcp.Port), Cancellation);
            var asked = await server.ReceiveFromAsync(new byte[2000], SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), Cancellation);
            Assert.Equal(1000, asked.ReceivedBytes);
            await server.SendToAsync("by udp"u8.ToArray(), asked.RemoteEndPoint, Cancellation);
            var answer = new byte[100];
            var length = await client.ReceiveAsync(answer, Cancellation);
            Assert.Equal("by udp"u8.ToArray(), answer[..length]);
        }
    }

    [Theory, MemberData(nameof(OfNamespaces))]
    public async Task A_guest_has_its_own_link_and_the_loopback_and_nothing_else(string name)
    {
        await using var network = await OpenAsync(name);
        await using var port = await PlugAsync(network, 0);
        Assert.Equal(["eth0", "lo"], await port.Link.Namespace!.RunAsync(Tcp.LinksHere));
        var address = await HostCommand.RunAsync(
            "/usr/sbin/ip", ["-4", "-o", "address", "show", "dev", "eth0"], Cancellation, port.Link.Namespace);
        Assert.Contains($"inet {port.Link.Address} ", address.Output, StringComparison.Ordinal);
        var link = await HostCommand.RunAsync("/usr/sbin/ip", ["link", "show", "dev", "eth0"], Cancellation, port.Link.Namespace);
        Assert.Contains(port.Link.Address.Mac, link.Output, StringComparison.Ordinal);
        Assert.Contains($"mtu {port.Link.Address.Mtu} ", link.Output, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(OfNamespaces))]
    public async Task Two_guests_reach_each_other_or_the_network_says_that_they_cannot(string name)
    {
        await using var network = await OpenAsync(name);
        await using var first = await PlugAsync(network, 0);
        if (network is UserModeNetwork)
        {
            var refusal = await Assert.ThrowsAsync<TargetException>(() => PlugAsync(network, 1));
            Assert.Contains("--peer host", refusal.Message, StringComparison.Ordinal);
            return;
        }

        await using var second = await PlugAsync(network, 1);
        using var listener = await Tcp.ListenAsync(second.Link.Namespace, Tcp.Port);
        var answering = Tcp.AnswerAsync(listener, "from a guest", Cancellation);
        Assert.Equal(
            "from a guest", await Tcp.FetchAsync(first.Link.Namespace!, second.Link.Address.Host, Tcp.Port, Cancellation));
        await answering;
    }

    [Theory, MemberData(nameof(OfNamespaces))]
    public async Task Its_programs_carry_the_label_of_the_switch_and_end_with_the_network(string name)
    {
        await using (var network = await OpenAsync(name))
        {
            await using (var port = await PlugAsync(network, 0))
            {
                Assert.Equal(
                    network is UserModeNetwork or OpenVSwitchNetwork,
                    InstanceProcesses.Find(value => value == _session.Label).Count > 0);
            }

            Assert.Equal(network is OpenVSwitchNetwork, InstanceProcesses.Find(value => value == _session.Label).Count > 0);
        }

        Assert.Empty(InstanceProcesses.Find(value => value == _session.Label));
    }

    [Fact]
    public void A_guest_in_the_hosts_network_gives_that_layer_up()
    {
        Assert.True(NetworkCatalogue.IsHosts("host"));
        Assert.False(NetworkCatalogue.IsHosts("bridge"));
        Assert.False(NetworkCatalogue.IsHosts("none"));
        Assert.Equal("pid, cgroup", new Isolation(IsolationLayers.Pid | IsolationLayers.Net | IsolationLayers.Cgroup)
            .Without(IsolationLayers.Net).ToString());
    }

    [Fact]
    public async Task Passt_listens_for_a_machine()
    {
        await using var network = await OpenAsync("passt");
        await using (var port = await network.PlugAsync(LinkKinds.Stream, 0, "vbtest", _session.NewDirectory("port"), Cancellation))
        {
            using var machine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await machine.ConnectAsync(new UnixDomainSocketEndPoint(Assert.IsType<StreamLink>(port.Link).Socket), Cancellation);
            // Who has the gateway's address? An Ethernet frame behind its length, as QEMU writes it.
            byte[] question =
            [
                0, 0, 0, 42, 255, 255, 255, 255, 255, 255, 0x52, 0x54, 0, 0x76, 0x62, 2, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1,
                0x52, 0x54, 0, 0x76, 0x62, 2, 10, 77, 0, 2, 0, 0, 0, 0, 0, 0, 10, 77, 0, 1,
            ];
            await machine.SendAsync(question, Cancellation);
            var answer = new byte[46];
            using var stream = new NetworkStream(machine);
            await stream.ReadExactlyAsync(answer, Cancellation);
            Assert.Equal([8, 6, 0, 1, 8, 0, 6, 4, 0, 2], answer[16..26]); // ARP, a reply
            Assert.Equal([10, 77, 0, 1], answer[32..36]);
        }

        Assert.Empty(InstanceProcesses.Find(value => value == _session.Label));
    }

    [Fact]
    public async Task Vhost_gives_taps_or_says_what_the_kernel_lacks()
    {
        await using var network = NetworkCatalogue.Create("vhost", _session);
        var found = await network.FindAsync(Cancellation);
        if (!File.Exists("/dev/vhost-net"))
        {
            Assert.Equal((false, "/dev/vhost-net is not there", "sudo modprobe vhost_net"), (found.Usable, found.Reason, found.Remedy));
        }

        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        await network.OpenAsync(Cancellation);
        await using var port = await network.PlugAsync(LinkKinds.VhostNet, 0, "vbtest", _scratch.DirectoryPath, Cancellation);
        var tap = Assert.IsType<TapLink>(port.Link);
        Assert.True(tap.Vhost);
        Assert.Contains(tap.Device, await tap.Namespace!.RunAsync(Tcp.LinksHere));
    }

    private static Socket NewUdp() => new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    private Task<INetwork> OpenAsync(string name) => Usable.OpenAsync(NetworkCatalogue.Create(name, _session));

    private Task<INetworkPort> PlugAsync(INetwork network, int slot) =>
        network.PlugAsync(LinkKinds.Namespace, slot, "vbtest", _session.NewDirectory("port"), Cancellation);
}
