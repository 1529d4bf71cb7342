using System.Text.Json.Serialization;

namespace VirtualBench.Guests.Containers;

// config.json of a bundle: the OCI runtime specification 1.0.2, as far as OciBundle uses it. Names follow the specification.

internal sealed record RuntimeSpec(
    string OciVersion,
    RuntimeProcess Process,
    RuntimeRoot Root,
    string Hostname,
    IReadOnlyList<RuntimeMount> Mounts,
    RuntimeLinux Linux,
    SortedDictionary<string, string> Annotations);

internal sealed record RuntimeProcess(
    bool Terminal,
    RuntimeUser User,
    IReadOnlyList<string> Args,
    IReadOnlyList<string> Env,
    string Cwd,
    RuntimeCapabilities Capabilities,
    bool NoNewPrivileges);

internal sealed record RuntimeUser(uint Uid, uint Gid);

internal sealed record RuntimeCapabilities(
    IReadOnlyList<string> Bounding,
    IReadOnlyList<string> Effective,
    IReadOnlyList<string> Inheritable,
    IReadOnlyList<string> Permitted,
    IReadOnlyList<string> Ambient);

internal sealed record RuntimeRoot(string Path, bool Readonly);

internal sealed record RuntimeMount(string Destination, string Type, string Source, IReadOnlyList<string> Options);

internal sealed record RuntimeLinux(
    IReadOnlyList<RuntimeNamespace> Namespaces,
    string? CgroupsPath,
    RuntimeResources Resources,
    IReadOnlyList<string> MaskedPaths,
    IReadOnlyList<string> ReadonlyPaths);

internal sealed record RuntimeNamespace(string Type, string? Path = null);

internal sealed record RuntimeResources(IReadOnlyList<RuntimeDeviceRule> Devices, RuntimeMemory? Memory, RuntimeCpu? Cpu);

internal sealed record RuntimeDeviceRule(bool Allow, string Access);

internal sealed record RuntimeMemory(long Limit);

internal sealed record RuntimeCpu(long? Quota, ulong? Period, string? Cpus);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RuntimeSpec))]
internal sealed partial class OciRuntimeJson : JsonSerializerContext;
