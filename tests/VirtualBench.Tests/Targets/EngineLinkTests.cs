using Docker.DotNet.Models;
using VirtualBench.Networks;
using VirtualBench.Targets;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;
using VirtualBench.Tests.Networks;

namespace VirtualBench.Tests.Targets;

/// <summary>What an engine whose guests share the host's kernel has to do with a link. Run on each that this host has.</summary>
[Collection("engines")]
public sealed class EngineLinkTests(EngineFixture engines)
{
    public static TheoryData<string> Engines { get; } =
        new(EngineTests.Engines.Select(row => row.Data).Append("bubblewrap:hostnet").Distinct());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_guest_has_the_link_that_it_is_given_and_no_other(string name)
    {
        await using var target = await PrepareAsync(name, LinkKinds.Namespace);
        await using var network = await OpenBridgeAsync();
        var launch = engines.Launch("links");
        await using (var port = await PlugAsync(network, launch, 0))
        {
            Assert.Equal(
                ["eth0", $"eth0 {port.Link.Address.Host}", "lo", "lo 127.0.0.1"],
                (await RunAsync(target, launch with { Link = port.Link })).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        }

        Assert.Equal(["br0", "lo"], await LinksAsync(network));
        Assert.Empty(InstanceProcesses.Find(value => value.StartsWith(launch.Label, StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_guest_reaches_the_hosts_end_and_another_guest(string name)
    {
        await using var target = await PrepareAsync(name, LinkKinds.Namespace);
        await using var network = await OpenBridgeAsync();
        var (client, server) = (engines.Launch(), engines.Launch("serve"));
        await using var port = await PlugAsync(network, client, 0);
        await using var serverPort = await PlugAsync(network, server, 1);

        using var listener = await Tcp.ListenAsync(network.HostSide!.Namespace, Tcp.Port);
        var answering = Tcp.AnswerAsync(listener, "from the host", Cancellation);
        Assert.Equal(
            "from the host", await RunAsync(target, client with { Link = port.Link, Arguments = ["fetch", network.HostSide.Host] }));
        await answering;

        var serving = new TaskCompletionSource();
        var console = new RecordingConsole(_ => serving.TrySetResult());
        var running = target.RunAsync(server with { Link = serverPort.Link }, console, Cancellation);
        await Task.WhenAny(serving.Task, running);
        var second = engines.Launch("fetch", serverPort.Link.Address.Host);
        Assert.Equal("from a guest", await RunAsync(target, second with { Link = port.Link }));
        Assert.Equal(new InstanceEnd(0, null), await running);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_guest_in_the_hosts_namespace_sees_its_links(string name)
    {
        await using var target = await PrepareAsync(name, LinkKinds.Host);
        await using var network = new HostNetwork();
        var launch = engines.Launch("links");
        await using var port = await network.PlugAsync(LinkKinds.Host, 0, launch.Label, launch.ScratchDirectory, Cancellation);
        var native = engines.Launch("links");
        await using var host = EngineFixture.Catalogue.Create(EngineFixture.Catalogue.Parse("native"), engines.Session);
        Assert.Equal(await RunAsync(host, native), await RunAsync(target, launch with { Link = port.Link }));

        using var listener = await Tcp.ListenAsync(null, 0);
        var answering = Tcp.AnswerAsync(listener, "from the host", Cancellation);
        var fetch = engines.Launch("fetch", port.Link.Address.Host, $"{Tcp.PortOf(listener)}") with { Link = port.Link };
        Assert.Equal("from the host", await RunAsync(target, fetch));
        await answering;
    }

    [Fact]
    public async Task A_cancelled_docker_guest_leaves_neither_itself_nor_the_holder_of_its_network()
    {
        await using var target = await PrepareAsync("docker", LinkKinds.Namespace);
        await using var network = await OpenBridgeAsync();
        var launch = engines.Launch("hang");
        await using (var port = await PlugAsync(network, launch, 0))
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.RunAsync(
                launch with { Link = port.Link }, new RecordingConsole(_ => stop.Cancel()), stop.Token));
            Assert.Empty(await ContainersAsync(launch.Label));
        }

        Assert.Equal(["br0", "lo"], await LinksAsync(network));
    }

    [Fact]
    public async Task The_holder_of_a_docker_network_ends_when_nobody_listens_to_it_any_more()
    {
        await using var target = await PrepareAsync("docker", LinkKinds.Namespace);
        await using var network = await OpenBridgeAsync();
        var launch = engines.Launch("status", "0");
        await using var port = await PlugAsync(network, launch, 0);
        var daemon = await engines.Session.Docker.GetAsync(Cancellation);
        var image = await DockerImages.LoadAsync(daemon.Client, engines.Session, target.Name, SmallProgram.Get(), Cancellation);
        var holder = await DockerNetworkHolder.StartAsync(
            daemon.Client.Containers, target.Name, launch, (NamespaceLink)port.Link, image, Cancellation);
        try
        {
            var container = Assert.Single(await ContainersAsync(launch.Label));
            Assert.Equal("running", container.State);
            Assert.Equal(launch.Label + DockerNetworkHolder.LabelSuffix, container.Labels[DockerContainer.OwnerLabel]);
            holder.Abandon(); // what becomes of its socket when we are killed
            await daemon.Client.Containers.WaitContainerAsync(container.ID, Cancellation);
            Assert.Equal("exited", Assert.Single(await ContainersAsync(launch.Label)).State);
        }
        finally
        {
            await holder.DisposeAsync();
        }

        Assert.Empty(await ContainersAsync(launch.Label));
    }

    private static async Task<INetwork> OpenBridgeAsync()
    {
        var network = new BridgeNetwork();
        var found = await network.FindAsync(Cancellation);
        Assert.SkipUnless(found.Usable, found.Reason ?? "");
        await network.OpenAsync(Cancellation);
        return network;
    }

    private static Task<INetworkPort> PlugAsync(INetwork network, Launch launch, int slot) =>
        network.PlugAsync(LinkKinds.Namespace, slot, launch.Label, launch.ScratchDirectory, Cancellation);

    private static async Task<string> RunAsync(ITarget target, Launch launch)
    {
        var console = new RecordingConsole();
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(launch, console, Cancellation));
        return console.Text;
    }

    private static async Task<IReadOnlyList<string>> LinksAsync(INetwork network) => await network.HostSide!.Namespace!.RunAsync(
        () => Tcp.LinksHere());

    private async Task<ITarget> PrepareAsync(string name, LinkKinds kind)
    {
        var target = await engines.PrepareAsync(name);
        Assert.SkipUnless(target.Links.HasFlag(kind), $"{name} cannot be given a link of the kind {kind}");
        return target;
    }

    private async Task<IReadOnlyList<ContainerListResponse>> ContainersAsync(string label)
    {
        var daemon = await engines.Session.Docker.GetAsync(Cancellation);
        var all = await daemon.Client.Containers.ListContainersAsync(new ContainersListParameters { All = true }, Cancellation);
        return [.. all.Where(container => container.Labels[DockerContainer.OwnerLabel].StartsWith(label, StringComparison.Ordinal))];
    }
}
