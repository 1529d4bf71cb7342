using System.Xml.Linq;
using VirtualBench.Guests.Containers;
using VirtualBench.Host;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>A container as libvirt's domain XML for its LXC driver, https://libvirt.org/drvlxc.html.</summary>
internal static class LxcDomain
{
    private const string InitPath = "/vbcontainer-init";
    private const int PeriodUs = 100_000;

    // Root inside is nobody outside: the driver leaves the host's control groups writable inside for whoever owns them. The numbers are
    // above those that useradd, podman and systemd give out.
    private const uint FirstAccount = 2_000_000_000;
    private const int Accounts = 65536;

    /// <summary>PID 1 of a container, see container_init.c.</summary>
    public static string Init { get; } = BuildOutput.ContainerInit(TargetName.HostArchitecture);

    /// <summary>What a root has to hold besides the guest program.</summary>
    public static void WriteRoot(string root, string program) => RootDirectory.Write(
        // Without these the container gives up while it mounts, the last to hold the old root for a moment.
        root, ["dev", "proc", "run", "sys", "tmp", ".oldroot"], (OciImage.ProgramPath, program), (InitPath, Init));

    /// <param name="root">As the daemon sees it.</param>
    public static string Describe(Launch launch, string root)
    {
        var resources = launch.Resources;
        return new XElement("domain", new XAttribute("type", "lxc"),
            new XElement("name", launch.Label),
            Bytes("memory", resources.MemoryBytes),
            // The same: no swap, which would turn an exhausted limit into a slow guest.
            ControlGroups.LimitSwap() ? new XElement("memtune", Bytes("swap_hard_limit", resources.MemoryBytes)) : null,
            new XElement("vcpu",
                resources.HostCpus.Count == 0 ? null : new XAttribute("cpuset", string.Join(',', resources.HostCpus)),
                resources.VirtualCpus),
            ProcessorQuota.Of(resources) is { } processors
                ? new XElement("cputune", new XElement("period", PeriodUs), new XElement("quota", processors * PeriodUs))
                : null,
            new XElement("idmap", Map("uid"), Map("gid")),
            new XElement("os",
                new XElement("type", "exe"),
                new XElement("init", InitPath),
                Arguments(launch).Select(argument => new XElement("initarg", argument)),
                new XElement("initenv", new XAttribute("name", InstanceProcesses.Variable), launch.Label)),
            new XElement("features",
                new XElement("privnet"),
                new XElement("capabilities", new XAttribute("policy", "deny"))),
            new XElement("devices",
                new XElement("filesystem", new XAttribute("type", "mount"),
                    new XElement("source", new XAttribute("dir", root)),
                    new XElement("target", new XAttribute("dir", "/")),
                    new XElement("readonly")),
                new XElement("console", new XAttribute("type", "pty")))).ToString(SaveOptions.DisableFormatting);
    }

    private static IEnumerable<string> Arguments(Launch launch) =>
        [.. launch.Link is NamespaceLink ? ["--network"] : Array.Empty<string>(), OciImage.ProgramPath, .. launch.Arguments];

    private static XElement Bytes(string name, long bytes) => new(name, new XAttribute("unit", "b"), bytes);

    private static XElement Map(string kind) => new(
        kind, new XAttribute("start", 0), new XAttribute("target", FirstAccount), new XAttribute("count", Accounts));
}
