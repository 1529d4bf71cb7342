using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VirtualBench.Guests.Containers;

namespace VirtualBench.Guests.Tests;

public sealed class OciImageTests : IDisposable
{
    private static readonly byte[] Program = [.. Enumerable.Range(0, 70_001).Select(i => (byte)(i * 3))];

    private readonly Workspace workspace = new();
    private readonly OciImageContent content;

    public OciImageTests() => content = new(
        GuestArchitecture.X64,
        workspace.Write("some-program", Program),
        "virtualbench/vbprobe-c:4f2a",
        new Dictionary<string, string> { ["virtualbench.run"] = "r-1" });

    public void Dispose() => workspace.Dispose();

    [Fact]
    public void Docker_finds_config_and_layer_by_their_digests()
    {
        var (files, id) = Write(content);
        var entry = Assert.Single(Json(files["manifest.json"]).EnumerateArray());
        var config = files[entry.GetProperty("Config").GetString()!];
        Assert.Equal(id.Id, Digest(config));
        Assert.Equal(["virtualbench/vbprobe-c:4f2a"], Strings(entry.GetProperty("RepoTags")));
        var layer = files[Assert.Single(Strings(entry.GetProperty("Layers")))];
        Assert.Equal(id.LayerDigest, Digest(layer));

        var image = Json(config);
        Assert.Equal(("amd64", "linux"), (image.GetProperty("architecture").GetString(), image.GetProperty("os").GetString()));
        Assert.Equal([id.LayerDigest], Strings(image.GetProperty("rootfs").GetProperty("diff_ids")));
        Assert.Equal(["/vbprobe"], Strings(image.GetProperty("config").GetProperty("Entrypoint")));
        Assert.Equal(
            [("virtualbench", "1"), ("virtualbench.run", "r-1")],
            image.GetProperty("config").GetProperty("Labels").EnumerateObject().Select(label => (label.Name, label.Value.GetString()!)));
    }

    [Fact]
    public void An_OCI_reader_finds_the_same_blobs_from_the_index()
    {
        var (files, id) = Write(content);
        Assert.Equal("1.0.0", Json(files["oci-layout"]).GetProperty("imageLayoutVersion").GetString());
        var manifest = Follow(Assert.Single(Json(files["index.json"]).GetProperty("manifests").EnumerateArray()));
        Assert.Equal(id.ManifestDigest, Digest(manifest));
        Assert.Equal(id.Id, Digest(Follow(Json(manifest).GetProperty("config"))));
        Assert.Equal(id.LayerDigest, Digest(Follow(Assert.Single(Json(manifest).GetProperty("layers").EnumerateArray()))));

        byte[] Follow(JsonElement descriptor)
        {
            var digest = descriptor.GetProperty("digest").GetString()!;
            var blob = files["blobs/" + digest.Replace(':', '/')];
            Assert.Equal(descriptor.GetProperty("size").GetInt64(), blob.Length);
            Assert.Equal(digest, Digest(blob));
            return blob;
        }
    }

    [Fact]
    public void The_layer_holds_the_program_and_nothing_else()
    {
        var (files, id) = Write(content);
        using var reader = new TarReader(new MemoryStream(files["blobs/" + id.LayerDigest.Replace(':', '/')]));
        var entry = reader.GetNextEntry()!;
        Assert.Equal("vbprobe", entry.Name);
        Assert.Equal((UnixFileMode)0x1ED, entry.Mode);
        Assert.Equal((0, 0, DateTimeOffset.UnixEpoch), (entry.Uid, entry.Gid, entry.ModificationTime));
        using var program = new MemoryStream();
        entry.DataStream!.CopyTo(program);
        Assert.Equal(Program, program.ToArray());
        Assert.Null(reader.GetNextEntry());
    }

    [Fact]
    public void The_same_content_gives_the_same_bytes_and_other_content_another_id()
    {
        File.SetLastWriteTimeUtc(content.Program, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        using MemoryStream first = new(), second = new();
        var id = OciImage.Write(first, content);
        File.SetLastWriteTimeUtc(content.Program, new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(id, OciImage.Write(second, content));
        Assert.Equal(first.ToArray(), second.ToArray());

        Assert.NotEqual(id.Id, Write(content with { Architecture = GuestArchitecture.Arm64 }).Id.Id);
        Assert.NotEqual(id.Id, Write(content with { Labels = new Dictionary<string, string>() }).Id.Id);
        Assert.Equal(id.Id, Write(content with { Tag = null }).Id.Id);
        File.AppendAllText(content.Program, "x");
        Assert.NotEqual(id.LayerDigest, Write(content).Id.LayerDigest);
    }

    [Theory]
    [InlineData("no-tag")]
    [InlineData("Upper/case:1")]
    [InlineData("../up:1")]
    [InlineData("a/../b:1")]
    [InlineData("a:b\n")]
    [InlineData("a:b c")]
    [InlineData("a:\u001b[2J")]
    [InlineData("")]
    public void An_odd_tag_is_refused(string tag)
    {
        var refusal = Assert.Throws<ArgumentException>(() => Write(content with { Tag = tag }));
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("With Blank", "x")]
    [InlineData("a\nb", "x")]
    [InlineData("virtualbench", "0")]
    [InlineData("run", "two\nlines")]
    public void An_odd_label_is_refused(string key, string value) =>
        Assert.Throws<ArgumentException>(() => Write(content with { Labels = new Dictionary<string, string> { [key] = value } }));

    private static (Dictionary<string, byte[]> Files, OciImageId Id) Write(OciImageContent content)
    {
        using var archive = new MemoryStream();
        var id = OciImage.Write(archive, content);
        archive.Position = 0;
        var files = new Dictionary<string, byte[]>();
        using var reader = new TarReader(archive);
        while (reader.GetNextEntry() is { } entry)
        {
            using var bytes = new MemoryStream();
            entry.DataStream?.CopyTo(bytes);
            files.Add(entry.Name, bytes.ToArray());
        }

        return (files, id);
    }

    private static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static JsonElement Json(byte[] text) => JsonDocument.Parse(Encoding.UTF8.GetString(text)).RootElement;

    private static IEnumerable<string> Strings(JsonElement array) => array.EnumerateArray().Select(item => item.GetString()!);
}
