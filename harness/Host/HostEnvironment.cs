using System.Text.Json;
using System.Text.Json.Serialization;
using Mono.Unix.Native;

namespace VirtualBench.Host;

/// <summary>A cache as sysfs describes it, of the first processor.</summary>
/// <param name="SizeBytes">Of one instance.</param>
internal sealed record CacheDescription(int Level, string Type, long SizeBytes, string SharedCpus);

/// <summary>What of the host can bear on a measurement, as it was when the run began.</summary>
/// <param name="LoadAverage">Over one minute.</param>
/// <param name="Hypervisor">What is under us; null on bare metal, as far as it shows.</param>
/// <param name="CgroupVersion"><c>v1</c>, <c>v2</c> or <c>hybrid</c>.</param>
/// <param name="Mitigations">Vulnerability by name, as /sys/devices/system/cpu/vulnerabilities words it.</param>
internal sealed record HostDescription(
    string Os,
    string Kernel,
    string Architecture,
    string CpuModel,
    int LogicalCpus,
    IReadOnlyList<int> AllowedCpus,
    IReadOnlyList<string> CpuFlags,
    IReadOnlyList<CacheDescription> Caches,
    string? Governor,
    bool? Smt,
    int NumaNodes,
    long MemoryBytes,
    long AvailableMemoryBytes,
    string? TransparentHugePages,
    string? ClockSource,
    string? Hypervisor,
    string CgroupVersion,
    IReadOnlyDictionary<string, string> Mitigations,
    double LoadAverage,
    bool Root,
    string DotNet,
    IReadOnlyList<string> Warnings);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HostDescription))]
internal sealed partial class HostJson : JsonSerializerContext;

/// <summary>Captures the host.</summary>
internal static class HostEnvironment
{
    /// <summary>Reads everything that can be read; what cannot is null or empty, never guessed.</summary>
    public static HostDescription Capture()
    {
        Syscall.uname(out var system);
        var cpu = ReadCpuInfo();
        var memory = ReadKilobytes("/proc/meminfo");
        var host = new HostDescription(
            Os: ReadOsName(),
            Kernel: $"{system.sysname} {system.release}",
            Architecture: system.machine,
            CpuModel: cpu.GetValueOrDefault("model name") ?? cpu.GetValueOrDefault("CPU part") ?? "unknown",
            LogicalCpus: Environment.ProcessorCount,
            AllowedCpus: CpuList.Allowed(),
            CpuFlags: (cpu.GetValueOrDefault("flags") ?? cpu.GetValueOrDefault("Features") ?? "")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Caches: ReadCaches(),
            Governor: ReadText("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            Smt: ReadText("/sys/devices/system/cpu/smt/active") switch { "1" => true, "0" => false, _ => null },
            NumaNodes: Directory.Exists("/sys/devices/system/node")
                ? Directory.GetDirectories("/sys/devices/system/node", "node*").Length
                : 1,
            MemoryBytes: memory.GetValueOrDefault("MemTotal"),
            AvailableMemoryBytes: memory.GetValueOrDefault("MemAvailable"),
            TransparentHugePages: ReadText("/sys/kernel/mm/transparent_hugepage/enabled"),
            ClockSource: ReadText("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            Hypervisor: ReadHypervisor(cpu),
            CgroupVersion: ReadCgroupVersion(),
            Mitigations: ReadMitigations(),
            LoadAverage: double.TryParse(
                ReadText("/proc/loadavg")?.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture, out var load) ? load : 0,
            Root: Syscall.geteuid() == 0,
            DotNet: System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription,
            Warnings: []);
        return host with { Warnings = HostWarnings.For(host) };
    }

    public static JsonElement ToJson(HostDescription host) => JsonSerializer.SerializeToElement(host, HostJson.Default.HostDescription);

    private static Dictionary<string, string> ReadCpuInfo()
    {
        var first = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines("/proc/cpuinfo"))
        {
            if (line.Length == 0 && first.Count > 0)
            {
                break;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                first[line[..colon].Trim()] = line[(colon + 1)..].Trim();
            }
        }

        return first;
    }

    private static Dictionary<string, long> ReadKilobytes(string path) =>
        File.ReadLines(path).Select(l => l.Split(':')).Where(p => p.Length == 2 && p[1].EndsWith(" kB", StringComparison.Ordinal))
            .ToDictionary(p => p[0], p => long.Parse(p[1].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) * 1024);

    private static List<CacheDescription> ReadCaches()
    {
        const string Caches = "/sys/devices/system/cpu/cpu0/cache";
        return !Directory.Exists(Caches) ? [] : [.. Directory.GetDirectories(Caches, "index*").Order(StringComparer.Ordinal)
            .Select(index => new CacheDescription(
                int.TryParse(ReadText(Path.Combine(index, "level")), out var level) ? level : 0,
                ReadText(Path.Combine(index, "type")) ?? "unknown",
                ParseCacheSize(ReadText(Path.Combine(index, "size"))),
                ReadText(Path.Combine(index, "shared_cpu_list")) ?? ""))];
    }

    /// <summary>sysfs writes <c>32768K</c>.</summary>
    private static long ParseCacheSize(string? text) =>
        text is [.. var digits, var unit] && long.TryParse(digits, out var size)
            ? size * (unit switch { 'K' => 1L << 10, 'M' => 1L << 20, 'G' => 1L << 30, _ => 1L })
            : 0;

    private static string ReadOsName() =>
        File.Exists("/etc/os-release")
            ? File.ReadLines("/etc/os-release").FirstOrDefault(l => l.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))?[12..].Trim('"')
                ?? "Linux"
            : "Linux";

    private static string? ReadHypervisor(Dictionary<string, string> cpu)
    {
        // The flag is the CPU's own word; the product name says which, where firmware tells.
        var underHypervisor = (cpu.GetValueOrDefault("flags") ?? "").Split(' ').Contains("hypervisor");
        var kind = ReadText("/sys/hypervisor/type") ?? ReadText("/sys/class/dmi/id/sys_vendor");
        return underHypervisor ? kind ?? "unnamed hypervisor" : ReadText("/sys/hypervisor/type");
    }

    private static string ReadCgroupVersion() =>
        File.Exists("/sys/fs/cgroup/cgroup.controllers") ? "v2"
        : Directory.Exists("/sys/fs/cgroup/unified") ? "hybrid"
        : Directory.Exists("/sys/fs/cgroup") ? "v1"
        : "none";

    private static SortedDictionary<string, string> ReadMitigations()
    {
        const string Vulnerabilities = "/sys/devices/system/cpu/vulnerabilities";
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.Exists(Vulnerabilities) ? Directory.GetFiles(Vulnerabilities) : [])
        {
            found[Path.GetFileName(file)] = ReadText(file) ?? "unknown";
        }

        return found;
    }

    internal static string? ReadText(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
