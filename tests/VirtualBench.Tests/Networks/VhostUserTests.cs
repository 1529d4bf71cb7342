using System.Globalization;
using VirtualBench.Campaign;
using VirtualBench.Guests;
using VirtualBench.Networks;
using VirtualBench.Protocol;
using VirtualBench.Targets;
using VirtualBench.Targets.Links;

namespace VirtualBench.Tests.Networks;

/// <summary>A switch that the user runs, known by its sockets alone: an Open vSwitch with DPDK that the test starts.</summary>
public sealed class VhostUserTests : IDisposable
{
    private readonly string _run = $"vhosttest{Environment.ProcessId}";
    private readonly RunScratch _scratch;
    private readonly NetworkSession _session;

    public VhostUserTests()
    {
        _scratch = RunScratch.Create(_run);
        _session = new NetworkSession(NetworkSession.SwitchLabel(_run), _scratch.DirectoryPath);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("guest", "dpdkvhostuserclient")]
    [InlineData("switch", "dpdkvhostuser")]
    public async Task Frames_pass_the_users_switch_whoever_serves_the_sockets(string server, string type)
    {
        var dpdk = await NetworkCatalogue.Create("ovs-dpdk", _session).FindAsync(Cancellation);
        Assert.SkipUnless(dpdk.Usable, $"ovs-dpdk: {dpdk.Reason}");
        var links = await LinkCommands.NewNamespaceAsync(Cancellation);
        using var place = links.Namespace;
        var directory = _session.NewDirectory("switch");
        await using var theirs = await OpenVSwitch.StartAsync(
            new OpenVSwitchSetup(
                "/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk",
                new Dictionary<string, string>
                {
                    ["dpdk-init"] = "true",
                    ["dpdk-extra"] = "--no-pci --no-telemetry --no-huge --legacy-mem --no-shconf -m 256",
                    ["per-port-memory"] = "true",
                    ["pmd-cpu-mask"] = string.Create(CultureInfo.InvariantCulture, $"0x{1UL << _session.AllowedCpus[0]:x}"),
                    ["pmd-maxsleep"] = "200",
                },
                TimeSpan.FromSeconds(120)),
            links, directory, _session.Label, Cancellation);
        string[] sockets = [Path.Combine(directory, "a"), Path.Combine(directory, "b")];
        var network = NetworkCatalogue.Create(
            $"vhost-user:{string.Join('+', sockets)}",
            _session with { Options = new Dictionary<string, string> { ["vhost-user.server"] = server } });
        if (server == "switch")
        {
            Assert.Contains($"no switch serves {sockets[0]}", (await network.FindAsync(Cancellation)).Reason, StringComparison.Ordinal);
        }

        foreach (var socket in sockets)
        {
            IReadOnlyList<string> where = server == "guest" ? ["options:vhost-server-path=" + socket] : [];
            await theirs.AddPortAsync(Path.GetFileName(socket), [$"type={type}", .. where], Cancellation);
        }

        Assert.Null((await network.FindAsync(Cancellation)).Reason);
        await network.OpenAsync(Cancellation);
        await using var port = await network.PlugAsync(LinkKinds.VhostUserPair, 0, "vbtest", directory, Cancellation);
        var section = await MeasureAsync(port.Link, "net.switch-rate");
        Assert.Equal((SectionState.Complete, null), (section.State, section.Reason));
        Assert.Equal("64", section.Parameters["size"]);
        Assert.Equal(3, section.Results.Count());
        Assert.All(section.Results, result => Assert.True(result.Operations > 0));
        Assert.Equal(SectionState.Complete, (await MeasureAsync(port.Link, "net.switch-rate{size=1514}")).State);
    }

    [Fact]
    public async Task Without_a_second_socket_there_is_no_second_guest()
    {
        var network = NetworkCatalogue.Create("vhost-user:/a.sock", _session);
        var refusal = await Assert.ThrowsAsync<TargetException>(
            () => network.PlugAsync(LinkKinds.VhostUser, 1, "vbtest", _scratch.DirectoryPath, Cancellation));
        Assert.Equal("vhost-user:/a.sock has no socket for a second guest: vhost-user:/a.sock+SOCKET", refusal.Message);
    }

    [Fact]
    public void The_hosts_end_is_there_when_the_user_says_where()
    {
        Assert.Null(NetworkCatalogue.Create("vhost-user:/a.sock", _session).HostSide);
        var with = _session with { Options = new Dictionary<string, string> { ["vhost-user.host"] = "10.77.0.9" } };
        Assert.Equal(new HostSide("10.77.0.9", null), NetworkCatalogue.Create("vhost-user:/a.sock", with).HostSide);
    }

    [Fact]
    public async Task A_size_that_no_frame_has_is_told()
    {
        var end = new VhostUserLink(Addresses.Guest(0), "/nowhere", true);
        var section = await MeasureAsync(new VhostUserPairLink(end, end), "net.switch-rate{size=3}");
        Assert.Equal((SectionState.Failed, "size is not between 60 and 1514"), (section.State, section.Reason));
    }

    private async Task<Section> MeasureAsync(GuestLink link, string probe)
    {
        Assert.True(TargetName.TryParse("testpmd", out var name));
        await using var target = new TestpmdTarget(name!);
        var found = await target.TryAsync(Cancellation);
        Assert.SkipUnless(found.Usable, $"testpmd: {found.Reason}");
        Assert.StartsWith("DPDK ", found.Version, StringComparison.Ordinal);
        var console = new ConsoleRecorder(() => { });
        var launch = new Launch(
            new GuestProgram("c", TargetName.HostArchitecture, "", "", ""), ["--min=3", probe],
            new Resources(1, 1 << 30, [_session.AllowedCpus[^1]]), $"virtualbench-{_run}-1", _session.NewDirectory("trial"))
        {
            Link = link,
        };
        var end = await target.RunAsync(launch, console, Cancellation);
        var transcript = TranscriptReader.Read(console.Finish());
        Assert.Null(transcript.Fault);
        Assert.Equal(new InstanceEnd(transcript.Sections[0].State == SectionState.Complete ? 0 : 1, null), end);
        return Assert.Single(transcript.Sections);
    }
}
