using VirtualBench.Targets;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Networks;

/// <summary>
/// <c>slirp</c>: libslirp, a TCP/IP stack in user space: in QEMU's process for virtual machines (<c>-netdev user</c>), in that of
/// slirp4netns for containers, as rootless ones have it. Addresses are libslirp's own: 10.0.2.2 is the host's loopback.
/// </summary>
internal sealed class SlirpNetwork(NetworkSession session) : UserModeNetwork(session)
{
    private const string Program = "slirp4netns";

    public override string Name => "slirp";

    public override LinkKinds Offers => LinkKinds.Namespace | LinkKinds.QemuUser;

    protected override string HostAddress => "10.0.2.2";

    protected override GuestAddress GuestAddress { get; } = Addresses.Guest(0) with { Host = "10.0.2.15" };

    public override async Task<Availability> FindAsync(CancellationToken cancellation) =>
        LinkCommands.WhyNot() is { } missing ? missing
        : ProgramPath.Find(Program) is null ? new Availability(false, null, $"{Program} is not installed", "./build.sh setup")
        : await EnclosedEngine.VersionAsync(Program, cancellation).ConfigureAwait(false);

    protected override Task<INetworkPort> PlugMachineAsync(string scratchDirectory, CancellationToken cancellation) =>
        Task.FromResult<INetworkPort>(new NetworkPort(new QemuUserLink(GuestAddress, Home.Namespace)));

    protected override (string Program, IReadOnlyList<string> Arguments) CommandFor(NetworkNamespace guest, string scratchDirectory) => (
        Program, ["--netns-type=path", "--disable-dns", FormattableString.Invariant($"--mtu={Addresses.Mtu}"), guest.Path, "eth0"]);
}
