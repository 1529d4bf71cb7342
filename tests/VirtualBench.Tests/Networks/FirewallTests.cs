using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using VirtualBench.Networks;
using VirtualBench.Targets;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Networks;

/// <summary>
/// A host as a Docker daemon leaves it: what is forwarded is dropped, and bridged frames count as forwarded. It is a namespace here, so
/// that the real host stays as it is.
/// </summary>
public sealed partial class FirewallTests
{
    private const string BridgedFramesAreFiltered = "/proc/sys/net/bridge/bridge-nf-call-iptables";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bridge_in_the_hosts_namespace_loses_its_packets()
    {
        var host = await DockerHostAsync();
        using var namespaceOfHost = host.Namespace;
        using var first = NetworkNamespace.Create();
        using var second = NetworkNamespace.Create();
        await host.RunAsync("link add br0 type bridge", Cancellation);
        await host.RunAsync("link set br0 up", Cancellation);
        foreach (var (guest, slot) in (IEnumerable<(NetworkNamespace, int)>)[(first, 0), (second, 1)])
        {
            await host.PlugNamespaceAsync($"guest{slot}", guest, Addresses.Guest(slot), Cancellation);
            await host.RunAsync($"link set guest{slot} master br0 up", Cancellation);
        }

        using var socket = await first.RunAsync(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        await socket.SendToAsync(new byte[1], new IPEndPoint(IPAddress.Parse(Addresses.Guest(1).Host), 9), Cancellation);
        while (await DroppedAsync(host) == 0)
        {
            await Task.Delay(10, Cancellation); // the neighbour's address is looked up first
        }
    }

    [Fact]
    public async Task A_bridge_of_ours_does_not_and_the_host_is_as_it_was()
    {
        var host = await DockerHostAsync();
        using var namespaceOfHost = host.Namespace;
        var before = await DescribeAsync(host);
        await using (var network = new BridgeNetwork())
        {
            await using var first = await FromAsync(host, async () =>
            {
                await network.OpenAsync(Cancellation);
                return await network.PlugAsync(LinkKinds.Namespace, 0, "vbtest", Path.GetTempPath(), Cancellation);
            });
            await using var second = await network.PlugAsync(LinkKinds.Namespace, 1, "vbtest", Path.GetTempPath(), Cancellation);
            using var listener = await Tcp.ListenAsync(second.Link.Namespace, Tcp.Port);
            var answering = Tcp.AnswerAsync(listener, "from a guest", Cancellation);
            Assert.Equal(
                "from a guest", await Tcp.FetchAsync(first.Link.Namespace!, second.Link.Address.Host, Tcp.Port, Cancellation));
            await answering;
            Assert.Equal("0", (await network.HostSide!.Namespace!.RunAsync(() => File.ReadAllText(BridgedFramesAreFiltered))).Trim());
            Assert.Equal(before, await DescribeAsync(host));
        }

        Assert.Equal(0, await DroppedAsync(host));
        Assert.Equal(before, await DescribeAsync(host));
    }

    private static async Task<LinkCommands> DockerHostAsync()
    {
        Assert.SkipWhen(LinkCommands.WhyNot() is not null, LinkCommands.WhyNot()?.Reason ?? "");
        Assert.SkipWhen(ProgramPath.Find("iptables") is null, "needs iptables");
        var host = await LinkCommands.NewNamespaceAsync(Cancellation);
        var isFiltering = await host.Namespace.RunAsync(() =>
        {
            if (!File.Exists(BridgedFramesAreFiltered))
            {
                return false;
            }

            File.WriteAllText(BridgedFramesAreFiltered, "1");
            return true;
        });
        if (!isFiltering)
        {
            host.Namespace.Dispose();
            Assert.Skip("needs a kernel that hands bridged frames to iptables: modprobe br_netfilter");
        }

        await host.RunAsync("iptables", ["-P", "FORWARD", "DROP"], Cancellation);
        return host;
    }

    /// <summary>Starts something on a thread that is in the host's namespace, as all of a run's are.</summary>
    private static async Task<T> FromAsync<T>(LinkCommands host, Func<Task<T>> start) => await await host.Namespace.RunAsync(start);

    /// <summary>Packets that the rule on forwarding has dropped.</summary>
    private static async Task<int> DroppedAsync(LinkCommands host) => int.Parse(
        Dropped().Match(await host.RunAsync("iptables", ["-nvxL", "FORWARD"], Cancellation)).Groups[1].Value,
        System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Links, rules and settings of the namespace, as text.</summary>
    private static async Task<string> DescribeAsync(LinkCommands host) => string.Join(
        '\n',
        await host.RunAsync("ip", ["-d", "link"], Cancellation),
        Counters().Replace(await host.RunAsync("iptables-save", [], Cancellation), ""),
        await host.Namespace.RunAsync(Settings));

    private static string Settings() => string.Join('\n', Directory.EnumerateFiles("/proc/sys/net", "*", SearchOption.AllDirectories)
        .Where(file => File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserRead)
            && !file.EndsWith("nf_conntrack_count", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal).Select(file => $"{file} {ReadSetting(file)}"));

    private static string ReadSetting(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (IOException)
        {
            return ""; // one that cannot be read in this state of the kernel
        }
    }

    [GeneratedRegex(@"policy DROP (\d+) packets", RegexOptions.CultureInvariant)]
    private static partial Regex Dropped();

    // The date too.
    [GeneratedRegex(@"\[\d+:\d+\]|^#.*$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Counters();
}
