using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace VirtualBench.Guests.Containers;

/// <summary>What an App Container image is made of.</summary>
/// <param name="Program">The static program; it becomes <c>/vbprobe</c>, what the image executes, and the only file.</param>
/// <param name="Name">E.g. <c>virtualbench/vbprobe-c</c>: lower-case letters and digits, with <c>-._~/</c> between.</param>
public sealed record AciImageContent(GuestArchitecture Architecture, string Program, string Name);

/// <summary>
/// Writes an App Container image (ACI, specification 0.8.11), what rkt runs: an uncompressed tar of a manifest and the directory
/// <c>rootfs</c>. The bytes depend on the content only.
/// </summary>
public static partial class AciImage
{
    /// <summary>Where the program is inside the pod's root.</summary>
    public const string ProgramPath = OciImage.ProgramPath;

    internal const string Kind = "ImageManifest";
    internal const string ManifestName = "manifest";
    internal const string RootName = "rootfs";
    private const string Version = "0.8.11";

    /// <summary>rkt keeps the first 32 of the 64 bytes of SHA-512.</summary>
    private const int KeptDigestBytes = 32;

    /// <returns>The image's id in rkt's store: <c>sha512-</c> and the first half of the digest of these bytes.</returns>
    /// <exception cref="ArgumentException">A name that the specification does not allow.</exception>
    public static string Write(Stream output, AciImageContent content)
    {
        if (!Identifier().IsMatch(content.Name))
        {
            throw new ArgumentException($"'{PrintableText.Of(content.Name)}' is no name for an App Container image", nameof(content));
        }

        var manifest = new AciManifest(
            Kind, Version, content.Name,
            [new("os", "linux"), new("arch", ArchitectureLabel(content.Architecture))],
            new AciApp([ProgramPath], "0", "0", "/"));
        using var image = new MemoryStream();
        using (var tar = new TarWriter(image, TarEntryFormat.Ustar, leaveOpen: true))
        {
            using var program = File.OpenRead(content.Program);
            tar.AddFile(
                ManifestName, ReproducibleTar.Readable,
                new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest, AciJson.Default.AciManifest)));
            tar.AddDirectory(RootName + "/");
            tar.AddFile(RootName + ProgramPath, ReproducibleTar.Executable, program);
        }

        var bytes = image.GetBuffer().AsSpan(0, (int)image.Length);
        output.Write(bytes);
        return "sha512-" + Convert.ToHexStringLower(SHA512.HashData(bytes).AsSpan(0, KeptDigestBytes));
    }

    /// <summary>What the specification calls an architecture on Linux.</summary>
    internal static string ArchitectureLabel(GuestArchitecture architecture) =>
        architecture == GuestArchitecture.Arm64 ? "aarch64" : "amd64";

    // AC Identifier.
    [GeneratedRegex(@"\A[a-z0-9]+([-._~/][a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}
