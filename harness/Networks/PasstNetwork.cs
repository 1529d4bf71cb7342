using System.Globalization;
using VirtualBench.Host;
using VirtualBench.Targets;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Networks;

/// <summary>
/// <c>passt</c>: passt for virtual machines, by a socket of frames, and pasta, the same program, for containers, by a tap. It maps flows to
/// sockets without a TCP stack of its own. The gateway's address is the host's loopback.
/// </summary>
internal sealed class PasstNetwork(NetworkSession session) : UserModeNetwork(session)
{
    private const string Passt = "passt";
    private const string Pasta = "pasta";

    // passt does not start without a link that has a default route; nothing is sent there, since all that guests talk to is loopback.
    private const string Uplink = "uplink";
    private const string UplinkAddress = "10.77.0.254";

    public override string Name => Passt;

    public override LinkKinds Offers => LinkKinds.Namespace | LinkKinds.Stream;

    protected override string HostAddress => Addresses.Host;

    protected override GuestAddress GuestAddress { get; } = Addresses.Guest(0);

    public override async Task<Availability> FindAsync(CancellationToken cancellation) =>
        LinkCommands.WhyNot() is { } missing ? missing
        : ProgramPath.Find(Passt) is null || ProgramPath.Find(Pasta) is null
            ? new Availability(false, null, "passt is not installed", "./build.sh setup")
        : !File.Exists(Enclosure) ? new Availability(false, null, $"passt needs {Enclosure}", "./build.sh build")
        : await EnclosedEngine.VersionAsync(Passt, cancellation).ConfigureAwait(false);

    public override async Task OpenAsync(CancellationToken cancellation)
    {
        await base.OpenAsync(cancellation).ConfigureAwait(false);
        foreach (var words in (string[])
        [
            $"link add {Uplink} type veth peer name nobody",
            "link set nobody up",
            $"address add {UplinkAddress}/{Addresses.PrefixLength} dev {Uplink}",
            $"link set {Uplink} up",
            $"route add default via {Addresses.Host} dev {Uplink}",
        ])
        {
            await Home.RunAsync(words, cancellation).ConfigureAwait(false);
        }
    }

    protected override async Task<INetworkPort> PlugMachineAsync(string scratchDirectory, CancellationToken cancellation)
    {
        // It makes the socket, begins to listen, and writes its number when that is done.
        var (socket, ready) = (Path.Combine(scratchDirectory, "passt"), new FileInfo(Path.Combine(scratchDirectory, "passt-pid")));
        var process = await StartAsync(
            Passt, [.. Options(), "--one-off", "--socket", socket, "--pid", ready.FullName],
            () =>
            {
                ready.Refresh();
                return Task.FromResult(ready is { Exists: true, Length: > 0 });
            },
            cancellation).ConfigureAwait(false);
        // QEMU may be another account's; the scratch directory above keeps everybody else away.
        File.SetUnixFileMode(socket, (UnixFileMode)0b110_110_110);
        return new NetworkPort(new StreamLink(GuestAddress, socket), process.DisposeAsync);
    }

    /// <summary>
    /// pasta gives up all it could look into our process with before it opens the namespace, and so is given a name for it among files: a
    /// mount that only it sees.
    /// </summary>
    protected override (string Program, IReadOnlyList<string> Arguments) CommandFor(NetworkNamespace guest, string scratchDirectory)
    {
        var name = Path.Combine(scratchDirectory, "netns");
        File.WriteAllText(name, "");
        return (
            Enclosure,
            [
                "--mounts-only", "--bind", guest.Path, name, "--", ProgramPath.Find(Pasta) ?? Pasta, .. Options(),
                "--ns-ifname", "eth0", "--ns-mac-addr", GuestAddress.Mac, "--netns", name, "--no-netns-quit",
                // No way around the tap.
                "--tcp-ns", "none", "--udp-ns", "none",
            ]);
    }

    private static string Enclosure => BuildOutput.HostHelper("vbenclose");

    /// <summary>Every address is given, for passt would else take those of the uplink; what only configures guests is off.</summary>
    private IReadOnlyList<string> Options() =>
    [
        "--foreground", "--quiet", "--ipv4-only", "--runas", "0", "--interface", Uplink, "--address", GuestAddress.Host,
        "--netmask", GuestAddress.PrefixLength.ToString(CultureInfo.InvariantCulture), "--gateway", Addresses.Host,
        "--mtu", GuestAddress.Mtu.ToString(CultureInfo.InvariantCulture), "--dns", "none", "--search", "none",
        "--tcp-ports", "none", "--udp-ports", "none", "--no-dhcp", "--no-ndp", "--no-ra", "--no-dhcpv6",
    ];
}
