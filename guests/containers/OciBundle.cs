using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace VirtualBench.Guests.Containers;

/// <summary>What a bundle runs, and within which limits.</summary>
/// <param name="Program">The static program; it becomes <c>/vbprobe</c> in the root.</param>
/// <param name="Arguments">Its arguments, without the program's own name.</param>
public sealed record OciBundleContent(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Where a disk is mounted.</summary>
    public const string DiskPath = "/disk";

    /// <summary>The host name inside; also shows in the host's process lists.</summary>
    public string HostName { get; init; } = "virtualbench";

    /// <summary>Annotations besides <c>virtualbench=1</c>; <c>runc state</c> and <c>crun state</c> show them.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The cgroup to make and run in, absolute below the hierarchy's root, e.g. <c>/virtualbench/RUN-7</c>; null: the runtime's choice.
    /// </summary>
    public string? CgroupPath { get; init; }

    /// <summary>Limit of memory in bytes; null: none.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Processors' worth of time, as a quota of a 100 ms period (what <c>docker run --cpus</c> sets); null: no limit.</summary>
    public double? Cpus { get; init; }

    /// <summary>The host's processors that it may run on; empty: any.</summary>
    public IReadOnlyList<int> HostCpus { get; init; } = [];

    /// <summary>A cgroup namespace too. Only where the host has them for the hierarchy in use; crun asks for cgroup v2.</summary>
    public bool CgroupNamespace { get; init; }

    /// <summary>
    /// A network namespace to enter, e.g. <c>/run/netns/NAME</c>; null: a new one with nothing in it but a loopback that is down.
    /// </summary>
    public string? NetworkNamespacePath { get; init; }

    /// <summary>A directory of the host that is bound to <see cref="DiskPath"/>, writable; null: none.</summary>
    public string? DiskDirectory { get; init; }

    /// <summary>
    /// An empty directory of the host for an overlay at <see cref="DiskPath"/>: what is written there lies in it. Null: none.
    /// </summary>
    public string? OverlayDirectory { get; init; }

    /// <summary>No network namespace: the one that the runtime is started in.</summary>
    public bool HostNetwork { get; init; }
}

/// <summary>
/// Writes a bundle for an OCI runtime (runtime-spec 1.0.2), isolated as Docker isolates a container, so that what differs between
/// <c>oci:runc</c> and <c>docker</c> is the daemon. Where it departs from Docker's defaults:
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>No seccomp filter. Docker's default profile makes every system call dearer; its text is Docker's, changes with its versions, and
/// needs libseccomp in the runtime. So os.syscall shows that filter as a difference between docker and oci:runc.</item>
/// <item>No capabilities at all (Docker leaves 14): a probe needs none.</item>
/// <item>A read-only root, so that nothing a probe does reaches the bundle; <c>/tmp</c> is a tmpfs.</item>
/// <item>No resource limits (rlimits): they are inherited. Raising one fails where the host has forbidden it, and equal limits make
/// fair comparisons.</item>
/// <item>No /dev/pts and no /dev/mqueue: without a terminal or message queues they would only cost start time.</item>
/// </list>
/// </remarks>
public static partial class OciBundle
{
    private const ulong CpuPeriodUs = 100_000;

    // What Docker hides (masked) and write-protects (read-only) of /proc and /sys, because these are not divided by namespaces.
    private static readonly string[] MaskedPaths =
    [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug",
        "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware",
    ];

    private static readonly string[] ReadonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    // As the options of an overlay are called, without their "dir".
    private static readonly string[] OverlayParts = ["lower", "upper", "work"];

    private static readonly RuntimeMount[] Mounts =
    [
        new("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
        new("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        new("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
        new("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
        new("/tmp", "tmpfs", "tmpfs", ["nosuid", "nodev", "mode=1777"]),
    ];

    /// <summary>Writes config.json and rootfs/ into a directory, which must be there and empty. The caller deletes it.</summary>
    /// <exception cref="ArgumentException">A name, path, argument or limit that no runtime should be given.</exception>
    /// <exception cref="IOException">The directory is not empty, or cannot be written.</exception>
    public static void Write(string directory, OciBundleContent content)
    {
        Check(content);
        if (Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new IOException($"{directory} is not empty, so a bundle cannot be made in it");
        }

        WriteRoot(Path.Combine(directory, "rootfs"), content.Program);
        File.WriteAllBytes(
            Path.Combine(directory, "config.json"),
            JsonSerializer.SerializeToUtf8Bytes(Describe(content), OciRuntimeJson.Default.RuntimeSpec));
    }

    /// <summary>Writes the root alone: the program as <c>/vbprobe</c>, and the directories that are mounted on.</summary>
    /// <param name="root">The directory to make.</param>
    public static void WriteRoot(string root, string program) =>
        RootDirectory.Write(root, ["dev", "proc", "sys", "tmp"], (OciImage.ProgramPath, program));

    private static RuntimeSpec Describe(OciBundleContent content)
    {
        var namespaces = new List<RuntimeNamespace>
        {
            new("pid"), new("mount"), new("ipc"), new("uts"),
        };
        if (!content.HostNetwork)
        {
            namespaces.Add(new("network", content.NetworkNamespacePath));
        }

        if (content.CgroupNamespace)
        {
            namespaces.Add(new("cgroup"));
        }

        var annotations = new SortedDictionary<string, string>(content.Annotations.ToDictionary(), StringComparer.Ordinal)
        {
            [OciImage.Label] = "1",
        };
        return new RuntimeSpec(
            "1.0.2",
            new RuntimeProcess(
                Terminal: false,
                new RuntimeUser(0, 0),
                [OciImage.ProgramPath, .. content.Arguments],
                ["PATH=/", "HOME=/", "TMPDIR=/tmp"],
                "/",
                new RuntimeCapabilities([], [], [], [], []),
                NoNewPrivileges: true),
            new RuntimeRoot("rootfs", Readonly: true),
            content.HostName,
            [.. Mounts, .. DiskMounts(content)],
            new RuntimeLinux(
                namespaces,
                content.CgroupPath,
                new RuntimeResources(
                    [new RuntimeDeviceRule(Allow: false, "rwm")], // the runtime adds /dev/null and the like by itself
                    content.MemoryBytes is { } limit ? new RuntimeMemory(limit) : null,
                    DescribeCpu(content)),
                MaskedPaths,
                ReadonlyPaths),
            annotations);
    }

    private static IEnumerable<RuntimeMount> DiskMounts(OciBundleContent content)
    {
        if (content.DiskDirectory is { } bound)
        {
            yield return new RuntimeMount(OciBundleContent.DiskPath, "bind", bound, ["bind", "rw", "nosuid", "nodev"]);
        }

        if (content.OverlayDirectory is { } overlay)
        {
            foreach (var part in OverlayParts)
            {
                Directory.CreateDirectory(Path.Combine(overlay, part));
            }

            yield return new RuntimeMount(
                OciBundleContent.DiskPath, "overlay", "overlay",
                ["nosuid", "nodev", .. OverlayParts.Select(part => $"{part}dir={Path.Combine(overlay, part)}")]);
        }
    }

    private static RuntimeCpu? DescribeCpu(OciBundleContent content)
    {
        long? quota = content.Cpus is { } cpus ? (long)Math.Round(cpus * CpuPeriodUs) : null;
        var set = string.Join(',', content.HostCpus.Select(cpu => cpu.ToString(CultureInfo.InvariantCulture)));
        return quota is null && set.Length == 0
            ? null
            : new RuntimeCpu(quota, quota is null ? null : CpuPeriodUs, set.Length == 0 ? null : set);
    }

    private static void Check(OciBundleContent content)
    {
        Refuse(!HostName().IsMatch(content.HostName), "the host name is not one label of a domain name");
        Refuse(content.CgroupPath is { } cgroup && !CgroupPath().IsMatch(cgroup), "the cgroup is not an absolute path of plain names");
        Refuse(
            content.NetworkNamespacePath is { } path && !IsAbsolute(path), "the network namespace is not an absolute path");
        Refuse(content.DiskDirectory is { } bound && !IsAbsolute(bound), "the disk's directory is not an absolute path");
        // Which separate the options of a mount, and the parts of one.
        Refuse(
            content.OverlayDirectory is { } overlay && (!IsAbsolute(overlay) || overlay.IndexOfAny([',', ':']) >= 0),
            "the overlay's directory is not an absolute path, or holds a comma or a colon");
        Refuse(content.Arguments.Any(argument => argument.Contains('\0')), "an argument holds a zero byte");
        Refuse(
            content.Annotations.Any(a => !AnnotationKey().IsMatch(a.Key) || a.Value.Any(char.IsControl)),
            "an annotation has an odd name or value");
        Refuse(content.MemoryBytes is <= 0, "the memory limit is not positive");
        // The kernel takes no quota below 1 ms.
        Refuse(content.Cpus is { } cpus && !(cpus >= 0.01 && cpus <= 4096), "the processor limit is not between 0.01 and 4096");
        Refuse(content.HostCpus.Any(cpu => cpu < 0), "a processor's number is negative");

        static void Refuse(bool wrong, string why)
        {
            if (wrong)
            {
                throw new ArgumentException("a bundle cannot be made: " + why, nameof(content));
            }
        }
    }

    private static bool IsAbsolute(string path) =>
        Path.IsPathRooted(path) && path == Path.GetFullPath(path) && !path.Any(char.IsControl);

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostName();

    // No component begins with a dot, so none is "." or "..".
    [GeneratedRegex(@"\A(/[A-Za-z0-9_:-][A-Za-z0-9_.:-]{0,127})+\z", RegexOptions.CultureInvariant)]
    private static partial Regex CgroupPath();

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex AnnotationKey();
}
