using System.Globalization;
using VirtualBench.Host;
using VirtualBench.Targets;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Networks;

/// <summary>
/// <c>ovs-dpdk</c>: Open vSwitch whose polling threads move the packets by DPDK: virtual machines by vhost-user sockets that the machine
/// serves, containers and the host's end by DPDK's device on a packet socket's ring (net_af_packet).
/// </summary>
internal sealed class OvsDpdkNetwork(NetworkSession session) : OpenVSwitchNetwork(session)
{
    public const string NetworkName = "ovs-dpdk";

    private static readonly NetworkOption CpuMask = NetworkOption.CpuMask(
        "pmd-cpu-mask", "processors of the polling threads; by default the first that is not the guests'");

    private static readonly NetworkOption LongestSleep = NetworkOption.Number(
        "pmd-maxsleep", 200, "longest sleep of a polling thread that finds nothing, in microseconds; 0: it never sleeps", 0, 10_000);

    private static readonly NetworkOption HugePages = NetworkOption.Switch(
        "hugepages", false, "the switch's memory is of huge pages, which are reserved for the run and given back after it");

    private static readonly NetworkOption Memory = NetworkOption.Number("memory", 512, "the switch's memory, in MiB", 64, 1 << 20);

    private static readonly NetworkOption Segmentation = NetworkOption.Switch(
        "tso", false, "segments and checksums are left to who receives them (userspace-tso-enable); containers then by packet sockets");

    private HugePageReservation? _pages;

    public static IReadOnlyList<NetworkOption> Options { get; } = [CpuMask, LongestSleep, HugePages, Memory, Segmentation];

    public override string Name => NetworkName;

    public override LinkKinds Offers => LinkKinds.Namespace | LinkKinds.VhostUser | LinkKinds.VhostUserPair;

    protected override IReadOnlyList<string> Daemons { get; } = ["/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk", "ovs-vswitchd-dpdk"];

    protected override bool KeepsOffloads => Option(Segmentation) == NetworkOption.Yes;

    protected override IReadOnlyDictionary<string, string> OwnSettings => new Dictionary<string, string>
    {
        ["datapath"] = "netdev, in polling threads of DPDK",
        ["links"] = KeepsOffloads ? "vhost-user; packet sockets on veth, in ovs-vswitchd's main thread"
            : "vhost-user; net_af_packet on veth",
        ["pmd-cpu-mask"] = Mask,
        ["pmd-maxsleep"] = Option(LongestSleep),
        ["hugepages"] = Option(HugePages),
        ["memory"] = Option(Memory),
        ["tso"] = Option(Segmentation),
    };

    private bool TakesHugePages => Option(HugePages) == NetworkOption.Yes;

    private string Mask => Option(CpuMask) is { Length: > 0 } given ? given
        : string.Create(CultureInfo.InvariantCulture, $"0x{1UL << PollingCpu:x}");

    private int PollingCpu => Session.AllowedCpus.Except(Session.GuestCpus).Where(cpu => cpu < 64)
        .Concat(Session.AllowedCpus.Where(cpu => cpu < 64)).FirstOrDefault();

    public override async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        var found = await base.FindAsync(cancellation).ConfigureAwait(false);
        // Drivers are files of their own in Debian's DPDK. The one without which no memory can be had is in a package that none requires.
        return found.Usable && DpdkDrivers.WhyMissing("mempool_ring", "net_af_packet") is { } missing
            ? found with { Usable = false, Reason = missing, Remedy = "./build.sh setup" }
            : found;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        _pages?.Dispose();
        _pages = null;
    }

    protected override OpenVSwitchSetup Setup(string daemon)
    {
        if (NetworkOption.CpusOf(Mask).Except(Session.AllowedCpus).ToList() is [var foreign, ..])
        {
            throw new TargetException($"{Name}.{CpuMask.Name}={Mask} names CPU {foreign}, which this process may not use");
        }

        var megabytes = int.Parse(Option(Memory), CultureInfo.InvariantCulture);
        if (HostMemory.AvailableBytes() is { } available && available < (long)megabytes << 20)
        {
            // DPDK would take what there is, and minutes, before it says so.
            throw new TargetException($"{Name}.{Memory.Name}={megabytes}: the host has {available >> 20} MiB of memory available");
        }

        if (TakesHugePages)
        {
            _pages ??= HugePageReservation.Take((long)megabytes << 20, Session.ScratchDirectory);
        }

        var memory = TakesHugePages ? "--in-memory" : "--no-huge --legacy-mem --no-shconf";
        return new OpenVSwitchSetup(
            daemon,
            new Dictionary<string, string>
            {
                ["dpdk-init"] = "true",
                ["dpdk-extra"] = FormattableString.Invariant($"--no-pci --no-telemetry {memory} -m {megabytes}"),
                // A pool for each port, as large as it needs: the shared one takes 2 GiB in one piece.
                ["per-port-memory"] = "true",
                ["pmd-cpu-mask"] = Mask,
                ["pmd-maxsleep"] = Option(LongestSleep),
                ["userspace-tso-enable"] = KeepsOffloads ? "true" : "false",
            },
            // It touches all of its memory first, which a busy host may take its time to find.
            TimeSpan.FromSeconds(120));
    }

    // Segments larger than a frame do not pass net_af_packet.
    protected override IReadOnlyList<string> LinkRecord(string name) =>
        KeepsOffloads ? [] : ["type=dpdk", $"options:dpdk-devargs=net_af_packet_{name},iface={name}"];

    protected override async Task<INetworkPort> PlugMachineAsync(
        LinkKinds kind, string name, int slot, string scratchDirectory, CancellationToken cancellation)
    {
        var first = await PlugSocketAsync(name, slot, scratchDirectory, cancellation).ConfigureAwait(false);
        if (kind != LinkKinds.VhostUserPair)
        {
            return first;
        }

        try
        {
            var second = await PlugSocketAsync(name + "b", slot + 1, scratchDirectory, cancellation).ConfigureAwait(false);
            return new NetworkPort(
                new VhostUserPairLink((VhostUserLink)first.Link, (VhostUserLink)second.Link),
                async () =>
                {
                    await second.DisposeAsync().ConfigureAwait(false);
                    await first.DisposeAsync().ConfigureAwait(false);
                },
                () => first.Fault);
        }
        catch
        {
            await first.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private Task<INetworkPort> PlugSocketAsync(string name, int slot, string scratchDirectory, CancellationToken cancellation)
    {
        var socket = Path.Combine(scratchDirectory, name + ".sock");
        return PlugPortAsync(
            name, _ => new VhostUserLink(Addresses.Guest(slot), socket, IsServedByGuest: true), _ => Task.CompletedTask,
            ["type=dpdkvhostuserclient", "options:vhost-server-path=" + socket], cancellation);
    }

    /// <summary>Both versions: <c>Open vSwitch 3.1.0, DPDK 22.11.11</c>.</summary>
    protected override string? VersionIn(string output) =>
        output.Split('\n').FirstOrDefault(line => line.StartsWith("DPDK ", StringComparison.Ordinal)) is { } dpdk
            ? $"{base.VersionIn(output)}, {ErrorTail.Clean(dpdk)}" : base.VersionIn(output);

    private string Option(NetworkOption option) => Session.Option(Name, option);
}
