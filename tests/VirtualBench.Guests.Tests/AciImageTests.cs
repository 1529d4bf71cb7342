using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using VirtualBench.Guests.Containers;

namespace VirtualBench.Guests.Tests;

public sealed class AciImageTests : IDisposable
{
    private static readonly byte[] Program = [.. Enumerable.Range(0, 70_001).Select(i => (byte)(i * 3))];

    private readonly Workspace workspace = new();
    private readonly AciImageContent content;

    public AciImageTests() =>
        content = new AciImageContent(GuestArchitecture.X64, workspace.Write("some-program", Program), "virtualbench/vbprobe-c");

    public void Dispose() => workspace.Dispose();

    [Theory]
    [InlineData(GuestArchitecture.X64, "amd64")]
    [InlineData(GuestArchitecture.Arm64, "aarch64")]
    public void Holds_a_manifest_first_and_then_the_program(GuestArchitecture architecture, string label)
    {
        using var archive = new MemoryStream();
        AciImage.Write(archive, content with { Architecture = architecture });
        archive.Position = 0;
        using var reader = new TarReader(archive);
        var first = reader.GetNextEntry()!;
        Assert.Equal("manifest", first.Name);
        using var manifest = JsonDocument.Parse(first.DataStream!);
        var root = manifest.RootElement;
        Assert.Equal(
            ("ImageManifest", "0.8.11", "virtualbench/vbprobe-c"),
            (root.GetProperty("acKind").GetString(), root.GetProperty("acVersion").GetString(), root.GetProperty("name").GetString()));
        Assert.Equal(
            [("os", "linux"), ("arch", label)],
            root.GetProperty("labels").EnumerateArray()
                .Select(pair => (pair.GetProperty("name").GetString()!, pair.GetProperty("value").GetString()!)));
        var app = root.GetProperty("app");
        Assert.Equal("/vbprobe", Assert.Single(app.GetProperty("exec").EnumerateArray()).GetString());
        Assert.Equal(("0", "0"), (app.GetProperty("user").GetString(), app.GetProperty("group").GetString()));

        var directory = reader.GetNextEntry()!;
        Assert.Equal((TarEntryType.Directory, "rootfs/"), (directory.EntryType, directory.Name));
        var entry = reader.GetNextEntry()!;
        Assert.Equal(("rootfs/vbprobe", (UnixFileMode)0x1ED), (entry.Name, entry.Mode));
        Assert.Equal((0, 0, DateTimeOffset.UnixEpoch), (entry.Uid, entry.Gid, entry.ModificationTime));
        using var program = new MemoryStream();
        entry.DataStream!.CopyTo(program);
        Assert.Equal(Program, program.ToArray());
        Assert.Null(reader.GetNextEntry());
    }

    [Fact]
    public void The_same_content_gives_the_same_bytes_and_the_id_is_their_digest()
    {
        using MemoryStream first = new(), second = new();
        File.SetLastWriteTimeUtc(content.Program, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var id = AciImage.Write(first, content);
        File.SetLastWriteTimeUtc(content.Program, new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(id, AciImage.Write(second, content));
        Assert.Equal(first.ToArray(), second.ToArray());
        Assert.Equal("sha512-" + Convert.ToHexStringLower(SHA512.HashData(first.ToArray()))[..64], id);
        Assert.NotEqual(id, AciImage.Write(Stream.Null, content with { Architecture = GuestArchitecture.Arm64 }));
    }

    [Fact]
    public void Is_what_the_reader_takes()
    {
        var path = workspace.PathOf("app.aci");
        using (var file = File.Create(path))
        {
            AciImage.Write(file, content);
        }

        var read = AciReader.Read(path, GuestArchitecture.X64);
        Assert.Equal("virtualbench/vbprobe-c", read.Name);
        Assert.Equal(["manifest", "rootfs/vbprobe"], read.Files.Order());
        Assert.Empty(read.Links);
        var refusal = Assert.Throws<AciException>(() => AciReader.Read(path, GuestArchitecture.Arm64));
        Assert.Contains("amd64", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Upper/case")]
    [InlineData("a//b")]
    [InlineData("a/../b")]
    [InlineData("a:1")]
    [InlineData("a\nb")]
    public void An_odd_name_is_refused(string name) =>
        Assert.DoesNotContain(
            Assert.Throws<ArgumentException>(() => AciImage.Write(Stream.Null, content with { Name = name })).Message, char.IsControl);
}
