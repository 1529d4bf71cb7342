using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace VirtualBench.Guests.Containers;

/// <summary>What an image is made of.</summary>
/// <param name="Program">The static program; it becomes <c>/vbprobe</c>, the entry point, and the only file.</param>
/// <param name="Tag">Repository and tag, e.g. <c>virtualbench/vbprobe-c:4f2a</c>; null for an image that has only its id.</param>
/// <param name="Labels">Besides <c>virtualbench=1</c>, which every image carries so that a clean-up finds it.</param>
public sealed record OciImageContent(
    GuestArchitecture Architecture, string Program, string? Tag, IReadOnlyDictionary<string, string> Labels);

/// <summary>How a written image is called.</summary>
/// <param name="Id"><c>sha256:</c> and the digest of the configuration: the image id of Docker's own image store.</param>
/// <param name="ManifestDigest"><c>sha256:</c> and the digest of the manifest: the image id where Docker uses containerd's store.</param>
/// <param name="LayerDigest">Digest of the one layer, an uncompressed tar; also its diff id.</param>
public sealed record OciImageId(string Id, string ManifestDigest, string LayerDigest);

/// <summary>
/// Writes a container image as a tar that both <c>docker load</c> (manifest.json of the docker-archive format) and readers of an OCI image
/// layout (oci-layout, index.json, blobs; image-spec 1.0) take: the two describe the same blobs. The bytes depend on the content only.
/// </summary>
public static partial class OciImage
{
    /// <summary>Where the program is inside the container.</summary>
    public const string ProgramPath = "/vbprobe";

    /// <summary>The label that every image carries, with the value <c>1</c>.</summary>
    public const string Label = "virtualbench";

    private const string ConfigType = "application/vnd.oci.image.config.v1+json";
    private const string LayerType = "application/vnd.oci.image.layer.v1.tar";
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";

    /// <exception cref="ArgumentException">A tag or label that no engine would take.</exception>
    public static OciImageId Write(Stream output, OciImageContent content)
    {
        Check(content);
        var layer = WriteLayer(content.Program);
        var layerDigest = Digest(layer);
        var config = JsonSerializer.SerializeToUtf8Bytes(Describe(content, layerDigest), OciImageJson.Default.ImageConfig);
        var configDigest = Digest(config);
        var manifest = JsonSerializer.SerializeToUtf8Bytes(
            new ImageManifest(2, ManifestType, new(ConfigType, configDigest, config.Length), [new(LayerType, layerDigest, layer.Length)]),
            OciImageJson.Default.ImageManifest);
        var manifestDigest = Digest(manifest);
        var name = content.Tag is null ? null : new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["io.containerd.image.name"] = "docker.io/" + content.Tag,
            ["org.opencontainers.image.ref.name"] = content.Tag[(content.Tag.LastIndexOf(':') + 1)..],
        };
        var index = JsonSerializer.SerializeToUtf8Bytes(
            new ImageIndex(2, [new(ManifestType, manifestDigest, manifest.Length, name)]), OciImageJson.Default.ImageIndex);
        var archive = JsonSerializer.SerializeToUtf8Bytes(
            [new(BlobPath(configDigest), content.Tag is null ? [] : [content.Tag], [BlobPath(layerDigest)])],
            OciImageJson.Default.ArchiveEntryArray);

        using var tar = new TarWriter(output, TarEntryFormat.Ustar, leaveOpen: true);
        Add("oci-layout", new MemoryStream("{\"imageLayoutVersion\":\"1.0.0\"}"u8.ToArray()));
        Add(BlobPath(configDigest), new MemoryStream(config));
        Add(BlobPath(layerDigest), new MemoryStream(layer));
        Add(BlobPath(manifestDigest), new MemoryStream(manifest));
        Add("index.json", new MemoryStream(index));
        Add("manifest.json", new MemoryStream(archive));
        return new OciImageId(configDigest, manifestDigest, layerDigest);

        void Add(string name, Stream content) => tar.AddFile(name, ReproducibleTar.Readable, content);
    }

    private static ImageConfig Describe(OciImageContent content, string layerDigest)
    {
        var labels = new SortedDictionary<string, string>(content.Labels.ToDictionary(), StringComparer.Ordinal) { [Label] = "1" };
        return new ImageConfig(
            DateTimeOffset.UnixEpoch,
            content.Architecture == GuestArchitecture.Arm64 ? "arm64" : "amd64",
            content.Architecture == GuestArchitecture.Arm64 ? "v8" : null,
            "linux",
            new ImageRunConfig(["PATH=/"], [ProgramPath], "/", labels),
            new ImageRootFileSystem("layers", [layerDigest]),
            [new ImageHistory(DateTimeOffset.UnixEpoch, "virtualbench: one static program")]);
    }

    private static byte[] WriteLayer(string program)
    {
        using var layer = new MemoryStream();
        using (var tar = new TarWriter(layer, TarEntryFormat.Ustar, leaveOpen: true))
        {
            using var file = File.OpenRead(program);
            tar.AddFile(ProgramPath[1..], ReproducibleTar.Executable, file);
        }

        return layer.ToArray();
    }

    private static string Digest(byte[] blob) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(blob));

    private static string BlobPath(string digest) => "blobs/" + digest.Replace(':', '/');

    private static void Check(OciImageContent content)
    {
        if (content.Tag is { } tag && !Reference().IsMatch(tag))
        {
            throw new ArgumentException(
                $"'{PrintableText.Of(tag)}' is not a tag: it must look like name/name:tag, in lower case", nameof(content));
        }

        foreach (var (key, value) in content.Labels)
        {
            if (!LabelKey().IsMatch(key) || (key == Label && value != "1"))
            {
                throw new ArgumentException(
                    $"'{PrintableText.Of(key)}' is not a label: lower-case letters, digits, dots and dashes", nameof(content));
            }

            if (value.Length > 4096 || value.Any(char.IsControl))
            {
                throw new ArgumentException($"label {key} has a value that is too long or holds control characters", nameof(content));
            }
        }
    }

    // The reference grammar of distribution/reference, without a registry's host: these images are never pushed.
    [GeneratedRegex(
        @"\A[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    [GeneratedRegex(@"\A[a-z0-9]+([.-][a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelKey();
}
