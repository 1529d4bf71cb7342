using System.Net;
using System.Net.Sockets;
using VirtualBench.Campaign;
using VirtualBench.Guests;
using VirtualBench.Host;
using VirtualBench.Networks;
using VirtualBench.Plan;
using VirtualBench.Protocol;
using VirtualBench.Targets;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;
using VirtualBench.Tests.Targets;

namespace VirtualBench.Tests.Networks;

/// <summary>What goes wrong on the way is one line of the section, and the guest goes on.</summary>
[Collection("engines")]
public sealed class NetworkFaultTests(EngineFixture engines)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_measurement_comes_back_whole()
    {
        await using var network = await OpenAsync();
        var record = await RunAsync(network, "net.tcp-stream", "net.udp-rr");
        Assert.Null(record.Reason);
        Assert.Equal([SectionState.Complete, SectionState.Complete], record.Transcript!.Sections.Select(s => s.State));
        Assert.All(record.Usage!, usage => Assert.NotNull(usage));
    }

    [Fact]
    public async Task A_cable_that_is_cut_in_the_middle_of_a_stream_is_told_and_the_next_probe_runs()
    {
        await using var network = await OpenAsync();
        var cut = false;
        var record = await RunAsync(
            network,
            line =>
            {
                // The first section's stream has begun when its hello is out; the engine prints nothing until it is over.
                if (line.StartsWith("// VB: hello ", StringComparison.Ordinal) && !cut)
                {
                    cut = true;
                    _ = Task.Run(async () =>
                    {
                        await Task.Delay(500, Cancellation);
                        await new LinkCommands(network.HostSide!.Namespace!).RunAsync("link set guest0 down", Cancellation);
                    }, Cancellation);
                }
                else if (line.StartsWith("// VB: error ", StringComparison.Ordinal))
                {
                    new LinkCommands(network.HostSide!.Namespace!).RunAsync("link set guest0 up", Cancellation).Wait(Cancellation);
                }
            },
            "net.tcp-stream", "os.clock");
        var sections = record.Transcript!.Sections;
        Assert.Equal([SectionState.Failed, SectionState.Complete], sections.Select(s => s.State));
        Assert.Contains("nothing moved for 5 s", sections[0].Reason, StringComparison.Ordinal);
        Assert.StartsWith("net.tcp-stream: ", record.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_never_answers_is_told()
    {
        await using var network = await OpenAsync();
        using var silent = await network.HostSide!.Namespace!.RunAsync(() => Listen(7710));
        await using var port = await network.PlugAsync(LinkKinds.Namespace, 0, "vbtest", Path.GetTempPath(), Cancellation);
        var record = await RunAsync(TrialSurroundings.None, _ => { }, port.Link, "net.tcp-rr");
        Assert.Contains(" 5 s", record.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told()
    {
        await using var network = await OpenAsync();
        using var taken = await network.HostSide!.Namespace!.RunAsync(() => Listen(PeerServer.Port));
        var record = await RunAsync(network, "net.tcp-rr");
        Assert.StartsWith("the peer of the network probes could not be started: ", record.Reason, StringComparison.Ordinal);
        Assert.Contains("port 7710: another program has it", record.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', record.Reason!);
    }

    [Fact]
    public async Task A_peer_that_breaks_leaves_no_link_behind()
    {
        await using var network = await OpenAsync();
        var scratch = engines.Session.NewScratchDirectory("trial");
        var launch = new Launch(Program(), [], new Resources(1, 1 << 30, []), engines.Session.Label(Path.GetFileName(scratch)), scratch);
        await using (await Connection.MakeAsync(network, new Breaking(), launch, PeerPlace.Guest, Program(), [], Cancellation))
        {
        }

        await using var first = await network.PlugAsync(LinkKinds.Tap, 0, "vbtest", scratch, Cancellation);
        await using var second = await network.PlugAsync(LinkKinds.Tap, 1, "vbtest", scratch, Cancellation);
    }

    [Fact]
    public async Task Without_a_network_the_probe_says_so()
    {
        var record = await RunAsync(TrialSurroundings.None, _ => { }, null, "net.tcp-rr");
        Assert.Null(record.Reason);
        var section = Assert.Single(record.Transcript!.Sections);
        Assert.Equal(SectionState.Unsupported, section.State);
        Assert.StartsWith("no network: ", section.Reason, StringComparison.Ordinal);
    }

    private static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        socket.Listen();
        return socket;
    }

    private static Task<INetwork> OpenAsync() => Usable.OpenAsync(new BridgeNetwork());

    private Task<TrialRecord> RunAsync(INetwork network, params string[] probes) => RunAsync(network, _ => { }, probes);

    private Task<TrialRecord> RunAsync(INetwork network, Action<string> see, params string[] probes) => RunAsync(
        new TrialSurroundings(network, PeerPlace.Host, Program(), [], "vbtest-switch"), see, null, probes);

    private async Task<TrialRecord> RunAsync(TrialSurroundings surroundings, Action<string> see, GuestLink? link, params string[] probes)
    {
        await using var target = EngineFixture.Catalogue.Create(EngineFixture.Catalogue.Parse("native"), engines.Session);
        var scratch = engines.Session.NewScratchDirectory("trial");
        IReadOnlyList<ProbeSpecification> asked = [.. probes.Select(p => new ProbeSpecification(p, []))];
        var trial = new PlannedTrial(1, 1, "native", "c", asked);
        var plan = new CampaignPlan(
            "quick", 1, 1, 5, [new PlannedTarget("native", target.Name)], ["c"], asked, new EngineSettings(20, 1500, 2, 5, 1000, 0.01),
            new Resources(1, 1 << 30, []), [trial]);
        return await TrialRunner.RunAsync(
            new Watched(target, see, link), Program(), trial, 1, plan, engines.Session.Label(Path.GetFileName(scratch)), scratch,
            surroundings, TimeSpan.FromSeconds(60), Cancellation);
    }

    private static GuestProgram Program()
    {
        var program = BuildOutput.FindProgram("c", TargetName.HostArchitecture);
        Assert.SkipWhen(program is null, "the guest program has not been built");
        return program!;
    }

    /// <summary>A target whose console somebody watches, and whose guest gets a link that no peer belongs to.</summary>
    private sealed class Watched(ITarget target, Action<string> see, GuestLink? link) : ITarget
    {
        public TargetName Name => target.Name;

        public Acceleration Acceleration => target.Acceleration;

        public Isolation Isolation => target.Isolation;

        public LinkKinds Links => target.Links;

        public Task<Availability> FindAsync(CancellationToken cancellation) => target.FindAsync(cancellation);

        public Task<Availability> TryAsync(CancellationToken cancellation) => target.TryAsync(cancellation);

        public Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation) =>
            target.PrepareAsync(programs, cancellation);

        public Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation) => target.RunAsync(
            link is null ? launch : launch with { Link = link, Arguments = [$"--peer={Addresses.Host}:7710", .. launch.Arguments] },
            new WatchedConsole(console, see), cancellation);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Guests that serve, and break when they are to end.</summary>
    private sealed class Breaking : ITarget
    {
        public TargetName Name { get; } = new("breaking", null, TargetName.HostArchitecture);

        public Acceleration Acceleration => Acceleration.None;

        public Isolation Isolation { get; } = new(IsolationLayers.None);

        public LinkKinds Links => LinkKinds.Tap;

        public Task<Availability> FindAsync(CancellationToken cancellation) => Task.FromResult(new Availability(true, null));

        public Task<Availability> TryAsync(CancellationToken cancellation) => FindAsync(cancellation);

        public Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation) => Task.CompletedTask;

        public async Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
        {
            console.Receive("// VB: serving port=7710\n"u8);
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new TargetException("it broke");
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class WatchedConsole(IGuestConsole console, Action<string> see) : IGuestConsole
    {
        private readonly ConsoleRecorder _lines = new(() => { }, see);

        public void Receive(ReadOnlySpan<byte> bytes)
        {
            console.Receive(bytes);
            _lines.Receive(bytes);
        }

        public void Phase(string name) => console.Phase(name);
    }
}
