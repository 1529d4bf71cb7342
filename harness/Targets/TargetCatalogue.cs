using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets;

/// <summary>One engine.</summary>
/// <param name="Engine">The name before the colon.</param>
/// <param name="Description">One line.</param>
/// <param name="Names">The targets of it that are tried when the user names none, e.g. <c>oci:runc</c>.</param>
public sealed record TargetKind(
    string Engine, string Description, IReadOnlyList<string> Names, Func<TargetName, TargetSession, ITarget> Create)
{
    /// <summary>What the user has to bring with <c>--image</c>, by name: what file it is.</summary>
    public IReadOnlyDictionary<string, string> Images { get; init; } = new Dictionary<string, string>();

    /// <summary>About how long a start takes, for the estimate that a plan gives.</summary>
    public TimeSpan TypicalStart { get; init; } = TimeSpan.FromSeconds(0.5);
}

/// <summary>Every engine there is: the one place besides its own file that a new target touches.</summary>
/// <param name="kinds">In the order in which they are shown.</param>
public sealed class TargetCatalogue(IReadOnlyList<TargetKind> kinds)
{
    private const int NearDistance = 2;
    private static readonly TimeSpan SlowContainerStart = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan LinuxStart = TimeSpan.FromSeconds(4);

    /// <summary>The engines that come with the program.</summary>
    public static TargetCatalogue Standard { get; } = new(
    [
        new("native", "a process of its own on the bare host: the baseline",
            ["native"], (name, session) => new NativeTarget(name, session)),
        new("docker", "a Docker container; docker:RUNTIME for another runtime than the daemon's own", ["docker"],
            (name, session) => new DockerTarget(name, session)),
        new("oci", "a container runtime without a daemon: oci:runc, oci:crun, oci:PATH", ["oci:runc", "oci:crun"],
            (name, session) => new OciTarget(name, session)),
        new("podman", "a podman container, without a daemon; podman:RUNTIME for another runtime than podman's choice", ["podman"],
            (name, session) => new PodmanTarget(name, session)) { TypicalStart = SlowContainerStart },
        new("lxc", "a container by libvirt's LXC driver, in a private libvirt daemon", ["lxc"],
            (name, session) => new LxcTarget(name, session)),
        new("nspawn", "a container by systemd-nspawn, without a systemd that manages the host", ["nspawn"],
            (name, session) => new NspawnTarget(name, session)),
        new("rkt", "a pod of rkt, by its flavor fly (little more than a chroot), or host (systemd-nspawn)", ["rkt", "rkt:host"],
            (name, session) => new RktTarget(name, session))
        {
            Images = new Dictionary<string, string>
            {
                ["rkt"] = "the program rkt 1.x, unless it is in the PATH",
                ["rkt.stage1"] = "its stage 1 of the flavor fly, stage1-fly.aci",
                ["rkt.stage1.host"] = "its stage 1 of the flavor host, stage1-host.aci",
            },
        },
        new("qemu", "a virtual machine with a translated processor (QEMU's TCG), through libvirt", ["qemu", "qemu@arm64"],
            (name, session) => new VirtualMachineTarget(name, session, hardware: false)) { TypicalStart = LinuxStart },
        new("kvm", "a virtual machine on virtualisation hardware, through libvirt", ["kvm"],
            (name, session) => new VirtualMachineTarget(name, session, hardware: true)) { TypicalStart = LinuxStart },
        new("microvm", "QEMU's smallest x64 machine, started directly: microvm (translated), microvm:kvm", ["microvm", "microvm:kvm"],
            (name, session) => new MicrovmTarget(name, session)) { TypicalStart = LinuxStart },
        new("uml", "user-mode Linux: a guest kernel that is a process of the host", ["uml"],
            (name, session) => new UmlTarget(name, session))
        {
            TypicalStart = LinuxStart,
            Images = new Dictionary<string, string> { ["uml"] = "a user-mode Linux kernel, instead of the installed linux.uml" },
        },
        new("unikernel", "the C probes on bare virtual hardware, without a system: on KVM where it executes, else on TCG; unikernel:kvm, "
            + "unikernel:tcg", ["unikernel", "unikernel@arm64"],
            (name, session) => new UnikernelTarget(name, session)),
        new("osv", "the unikernel OSv with the guest program unchanged, through libvirt; osv:kvm, osv:tcg", ["osv", "osv@arm64"],
            (name, session) => new OsvTarget(name, session)) { TypicalStart = TimeSpan.FromSeconds(2), Images = OsvTarget.Images },
        new("rumprun", "the C probes with NetBSD's rump kernel as a unikernel (x64); rumprun:kvm, rumprun:tcg", ["rumprun"],
            (name, session) => new RumprunTarget(name, session)) { Images = RumprunTarget.Images },
        new(TestpmdTarget.EngineName, "DPDK's packet generator at two ports of a switch, for net.switch-rate", [TestpmdTarget.EngineName],
            (name, _) => new TestpmdTarget(name)) { TypicalStart = LinuxStart },
        new(SimTarget.EngineName, "no engine: figures drawn at random, to check the harness's own statistics; only when it is named", [],
            (name, session) => new SimTarget(name, session))
        {
            TypicalStart = TimeSpan.Zero,
            Images = new Dictionary<string, string> { [SimTarget.ImageName] = "a description of the machine to simulate, JSON" },
        },
    ]);

    public IReadOnlyList<TargetKind> Kinds => kinds;

    /// <summary>All targets that are tried when the user names none.</summary>
    public IEnumerable<TargetName> Names => kinds.SelectMany(kind => kind.Names).Select(Parse);

    /// <summary>This and more engines.</summary>
    /// <exception cref="TargetException">One has the name of another.</exception>
    public TargetCatalogue With(IReadOnlyList<TargetKind> more)
    {
        IReadOnlyList<TargetKind> all = [.. kinds, .. more];
        return all.GroupBy(kind => kind.Engine).FirstOrDefault(group => group.Count() > 1) is { Key: var twice }
            ? throw new TargetException($"there already is an engine '{twice}': give yours another name")
            : new TargetCatalogue(all);
    }

    /// <summary>Why no engine takes an image of this name; null when one does.</summary>
    public string? WhyUnknownImage(string image) => kinds.Any(kind => kind.Images.ContainsKey(image)) ? null
        : $"no engine takes an image '{image}': there are {string.Join(", ", kinds.SelectMany(kind => kind.Images.Keys))}";

    /// <summary>The engine of a target.</summary>
    /// <exception cref="TargetException">There is no such engine; names the nearest ones.</exception>
    public TargetKind KindOf(TargetName name) => Find(name);

    /// <summary>Why there is no such target; null when its engine exists.</summary>
    public string? WhyUnknown(TargetName name)
    {
        try
        {
            _ = Find(name);
            return null;
        }
        catch (TargetException e)
        {
            return e.Message + "; `list targets` shows them";
        }
    }

    /// <summary>Makes a target; nothing is started yet.</summary>
    /// <exception cref="TargetException">No such engine; names the nearest ones.</exception>
    public ITarget Create(TargetName name, TargetSession session) => Find(name).Create(name, session);

    /// <summary>Reads and checks a target's name.</summary>
    /// <exception cref="TargetException">It does not follow the grammar, or there is no such engine.</exception>
    public TargetName Parse(string text)
    {
        if (!TargetName.TryParse(text, out var name))
        {
            throw new TargetException(
                $"'{ErrorTail.Clean(text)}' is no target: write engine[:variant][@x64|@arm64], e.g. {kinds[0].Names[0]}");
        }

        _ = Find(name);
        return name;
    }

    private TargetKind Find(TargetName name) =>
        kinds.FirstOrDefault(kind => kind.Engine == name.Engine) ?? throw new TargetException(
            Near(name.Engine) is { Count: > 0 } near
                ? $"no target '{name.Engine}': did you mean {string.Join(" or ", near)}?"
                : $"no target '{name.Engine}': there are {string.Join(", ", kinds.Select(kind => kind.Engine))}");

    private List<string> Near(string engine) =>
    [
        .. kinds.SelectMany(kind => kind.Names.Append(kind.Engine)).Distinct()
            .Select(name => (name, distance: Spelling.Distance(engine, name.Split(':')[^1])))
            .Concat(kinds.Select(kind => (name: kind.Engine, distance: Spelling.Distance(engine, kind.Engine))))
            .Where(candidate => candidate.distance <= Spelling.NearDistance)
            .OrderBy(candidate => candidate.distance)
            .Select(candidate => candidate.name).Distinct().Take(3),
    ];
}
