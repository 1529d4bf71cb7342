using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualBench.Guests.Linux;

/// <summary>What an entry of the kernel cache says it holds, and the means to see whether it still does.</summary>
/// <param name="Schema">Changes when entries must be fetched again, e.g. for other modules.</param>
/// <param name="Files">The kernel first, then the modules in load order, relative to the entry.</param>
internal sealed record KernelManifest(
    int Schema, GuestArchitecture Architecture, string Package, string Version, IReadOnlyList<KernelFile> Files)
{
    private const int CurrentSchema = 2;
    private const string FileName = "kernel.json";

    public static void Save(
        string entry, GuestArchitecture architecture, string package, string version, string kernel, IReadOnlyList<string> modules)
    {
        var files = modules.Prepend(kernel).Select(name => new KernelFile(name, Hash(Path.Combine(entry, name)))).ToList();
        var manifest = new KernelManifest(CurrentSchema, architecture, package, version, files);
        File.WriteAllBytes(
            Path.Combine(entry, FileName), JsonSerializer.SerializeToUtf8Bytes(manifest, KernelManifestJson.Default.KernelManifest));
    }

    /// <summary>The kernel of an entry; null when it is not there, incomplete, damaged or of another schema.</summary>
    public static LinuxKernel? TryLoad(string entry, GuestArchitecture architecture)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(
                File.ReadAllBytes(Path.Combine(entry, FileName)), KernelManifestJson.Default.KernelManifest);
            if (manifest is not { Schema: CurrentSchema, Files.Count: > 0 } || manifest.Architecture != architecture)
            {
                return null;
            }

            var paths = manifest.Files.Select(file => Path.Combine(entry, file.Name)).ToList();
            return manifest.Files.Zip(paths).All(pair => Hash(pair.Second) == pair.First.Sha256)
                ? new LinuxKernel(architecture, paths[0], manifest.Version, paths[1..])
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}

/// <summary>A file of an entry, and the hexadecimal SHA-256 of what was written to it.</summary>
internal sealed record KernelFile(string Name, string Sha256);

[JsonSourceGenerationOptions(WriteIndented = true, UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(KernelManifest))]
internal sealed partial class KernelManifestJson : JsonSerializerContext;
