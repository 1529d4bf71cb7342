using System.Net;
using System.Net.Sockets;
using VirtualBench.Networks;
using VirtualBench.Targets;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Networks;

/// <summary>The switches in user space: real traffic, and what is said when they break.</summary>
public sealed class OpenVSwitchTests : IDisposable
{
    private const int Bytes = 4 << 20;
    private readonly string _run = $"ovstest{Environment.ProcessId}";
    private readonly RunScratch _scratch;
    private readonly NetworkSession _session;

    public OpenVSwitchTests()
    {
        _scratch = RunScratch.Create(_run);
        _session = new NetworkSession(NetworkSession.SwitchLabel(_run), _scratch.DirectoryPath);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("ovs", "yes")]
    [InlineData("ovs", "no")]
    [InlineData("ovs-dpdk", "yes")]
    [InlineData("ovs-dpdk", "no")]
    public async Task Many_bytes_arrive_as_they_were_sent_between_guests_and_from_the_host(string name, string tso)
    {
        await using var network = await OpenAsync(name, $"tso={tso}");
        await using var first = await PlugAsync(network, 0);
        await using var second = await PlugAsync(network, 1);
        Assert.Equal(tso, network.Settings["tso"]);
        // A ping's sum is right whatever the offloads do; a stream's is only if they fit.
        await TransferAsync(first.Link.Namespace!, second.Link.Namespace!, second.Link.Address.Host);
        await TransferAsync(second.Link.Namespace!, network.HostSide!.Namespace!, network.HostSide.Host);
    }

    [Theory]
    [InlineData("ovs")]
    [InlineData("ovs-dpdk")]
    public async Task Nothing_of_the_host_is_changed(string name)
    {
        var before = await DescribeHostAsync();
        await using (var network = await OpenAsync(name))
        {
            await using var port = await PlugAsync(network, 0);
            Assert.Equal(before, await DescribeHostAsync());
        }

        Assert.Equal(before, await DescribeHostAsync());
        Assert.Empty(InstanceProcesses.Find(value => value == _session.Label));
    }

    [Theory]
    [InlineData("ovs")]
    [InlineData("ovs-dpdk")]
    public async Task A_switch_that_is_killed_is_told_and_started_anew_for_the_next_guest(string name)
    {
        await using var network = await OpenAsync(name);
        await using (var port = await PlugAsync(network, 0))
        {
            Assert.Null(port.Fault);
            var daemon = Assert.Single(InstanceProcesses.Find(value => value == _session.Label), found => IsDaemon(found.Process)).Process;
            Assert.Equal(0, Libc.Kill(daemon, Libc.Sigkill));
            while (port.Fault is null)
            {
                await Task.Delay(10, Cancellation);
            }

            Assert.Contains("ovs-vswitchd has ended: ", port.Fault, StringComparison.Ordinal);
            Assert.Contains("SIGKILL", port.Fault, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', port.Fault);
        }

        await using var again = await PlugAsync(network, 0);
        Assert.Null(again.Fault);
        await TransferAsync(again.Link.Namespace!, network.HostSide!.Namespace!, network.HostSide.Host);
    }

    [Fact]
    public async Task A_port_that_cannot_be_had_is_told_in_the_switchs_words()
    {
        await FindAsync("ovs");
        var links = await LinkCommands.NewNamespaceAsync(Cancellation);
        using var place = links.Namespace;
        await using var running = await OpenVSwitch.StartAsync(
            new OpenVSwitchSetup(
                "/usr/lib/openvswitch-switch/ovs-vswitchd", new Dictionary<string, string> { ["userspace-tso-enable"] = "false" },
                TimeSpan.FromSeconds(60)),
            links, _session.NewDirectory("switch"), _session.Label, Cancellation);
        var refusal = await Assert.ThrowsAsync<TargetException>(() => running.AddPortAsync("nonesuch", [], Cancellation));
        Assert.Equal(
            "Open vSwitch cannot plug nonesuch in: could not open network device nonesuch (No such device)", refusal.Message);
        Assert.Null(running.Fault);
    }

    [Theory]
    [InlineData("1048576", "ovs-dpdk.memory=1048576: the host has ")]
    [InlineData("64", "Failed to create mem")]
    public async Task Memory_that_cannot_be_had_is_told(string megabytes, string why)
    {
        await using var network = await FindAsync("ovs-dpdk", $"memory={megabytes}");
        var refusal = await Assert.ThrowsAsync<TargetException>(async () =>
        {
            await network.OpenAsync(Cancellation);
            await using var port = await PlugAsync(network, 0);
            await using var another = await PlugAsync(network, 1);
        });
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task A_machine_finds_its_socket_and_its_tap()
    {
        await using (var dpdk = await OpenAsync("ovs-dpdk"))
        {
            await using var port = await PlugAsync(dpdk, 0, LinkKinds.VhostUser);
            var link = Assert.IsType<VhostUserLink>(port.Link);
            Assert.True(link.IsServedByGuest);
            using var machine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            machine.Bind(new UnixDomainSocketEndPoint(link.Socket));
            machine.Listen();
            using var connected = await machine.AcceptAsync(Cancellation);
            // VHOST_USER_GET_FEATURES, version 1, no payload; the answer has the same request.
            await connected.SendAsync(new byte[] { 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 }, Cancellation);
            var answer = new byte[20];
            using var stream = new NetworkStream(connected);
            await stream.ReadExactlyAsync(answer, Cancellation);
            Assert.Equal(1, answer[0]);
        }

        await using var ovs = await OpenAsync("ovs");
        await using var tap = await PlugAsync(ovs, 0, LinkKinds.Tap);
        Assert.Contains(Assert.IsType<TapLink>(tap.Link).Device, await tap.Link.Namespace!.RunAsync(Tcp.LinksHere));
    }

    [Fact]
    public async Task Without_segmentation_offload_there_are_no_taps()
    {
        await using var network = await OpenAsync("ovs", "tso=no");
        var refusal = await Assert.ThrowsAsync<TargetException>(() => PlugAsync(network, 0, LinkKinds.Tap));
        Assert.Contains("ovs.tso=yes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_error_of_a_log_is_its_text()
    {
        string[] log =
        [
            "2026-11-25T08:49:03.022Z|00015|dpdk|ERR|EAL: Cannot allocate memseg list: Invalid argument",
            "2026-11-25T08:49:03.022Z|00017|dpdk|EMER|Unable to initialize DPDK: Cannot allocate memory",
            "2026-11-25T08:49:03.023Z|00018|dpdk|ERR|Invalid port_id=32",
            "2026-11-25T08:49:03.024Z|00019|bridge(handler1)|INFO|a | in the text",
            "cut of",
        ];
        Assert.Equal("Unable to initialize DPDK: Cannot allocate memory", OpenVSwitch.LastErrorIn(log));
        Assert.Null(OpenVSwitch.LastErrorIn(log[3..]));
    }

    [Fact]
    public void A_driver_is_missed_only_where_each_is_a_file()
    {
        var directory = _session.NewDirectory("drivers");
        File.WriteAllText(Path.Combine(directory, "librte_mempool_ring.so.23"), "");
        Assert.Null(DpdkDrivers.WhyMissing([directory], ["mempool_ring"]));
        Assert.Equal("DPDK's driver net_virtio is not installed", DpdkDrivers.WhyMissing([directory], ["mempool_ring", "net_virtio"]));
        Assert.Null(DpdkDrivers.WhyMissing([], ["net_virtio"]));
    }

    private static async Task TransferAsync(NetworkNamespace from, NetworkNamespace to, string host)
    {
        var sent = new byte[Bytes];
        new Random(1).NextBytes(sent);
        using var listener = await Tcp.ListenAsync(to, Tcp.Port);
        using var client = await from.RunAsync(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await client.ConnectAsync(IPAddress.Parse(host), Tcp.Port, Cancellation);
        using var server = await listener.AcceptAsync(Cancellation);
        var sending = Task.Run(
            async () =>
            {
                for (var left = sent.AsMemory(); left.Length > 0; left = left[await client.SendAsync(left, Cancellation)..])
                {
                }
            },
            Cancellation);
        var received = new byte[Bytes];
        using var stream = new NetworkStream(server);
        await stream.ReadExactlyAsync(received, Cancellation);
        await sending;
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    /// <summary>The host's links, rules, settings, huge pages, and its own switch's files.</summary>
    private static async Task<string> DescribeHostAsync()
    {
        var rules = ProgramPath.Find("iptables-save") is { } save
            ? (await HostCommand.RunAsync(save, [], Cancellation)).Output.Split('\n')
                .Where(line => !line.StartsWith('#')).Select(NoCounters)
            : [];
        string[] folders = ["/var/run/openvswitch", "/var/lib/openvswitch", "/etc/openvswitch", "/var/run/dpdk", "/run/netns"];
        return string.Join(
            '\n',
            [
                .. Tcp.LinksHere(), .. rules, $"{HostSetting.Read(HostSetting.HugePages)}",
                .. folders.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFileSystemEntries(folder))
                    .Order(StringComparer.Ordinal),
            ]);
    }

    private static string NoCounters(string rule) => rule.Split('[')[0];

    private static bool IsDaemon(int process) =>
        File.ReadAllText($"/proc/{process}/comm").StartsWith("ovs-vswitchd", StringComparison.Ordinal);

    private Task<INetwork> FindAsync(string name, params string[] options) => Usable.FindAsync(NetworkCatalogue.Create(
        name, _session with { Options = options.Select(o => o.Split('=')).ToDictionary(o => $"{name}.{o[0]}", o => o[1]) }));

    private async Task<INetwork> OpenAsync(string name, params string[] options)
    {
        var network = await FindAsync(name, options);
        await network.OpenAsync(Cancellation);
        return network;
    }

    private Task<INetworkPort> PlugAsync(INetwork network, int slot, LinkKinds kind = LinkKinds.Namespace) =>
        network.PlugAsync(kind, slot, "vbtest", _session.NewDirectory("port"), Cancellation);
}
