using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using VirtualBench.Guests.Containers;

namespace VirtualBench.Guests.Tests;

/// <summary>What is refused of images that somebody else made, and what is not.</summary>
public sealed class AciReaderTests : IDisposable
{
    private const string Stage1Annotations = """
        "annotations":[{"name":"coreos.com/rkt/stage1/run","value":"/run"},{"name":"coreos.com/rkt/stage1/gc","value":"/gc"}]
        """;

    private static readonly TarEntry[] Stage1Files =
        [Folder("rootfs/"), File("rootfs/run"), File("rootfs/gc"), Link("rootfs/flavor", "fly")];

    private readonly Workspace workspace = new();

    public static TheoryData<string, string> Manifests { get; } = new()
    {
        { "{nope", "no JSON" },
        { "", "manifest" },
        { "[]", "no acKind" },
        { "\"text\"", "no acKind" },
        { Manifest(kind: "PodManifest"), "of kind 'PodManifest'" },
        { Manifest(kind: "\\u001b[2J"), "of kind '?[2J'" },
        { """{"acKind":"ImageManifest","name":"a"}""", "no acVersion" },
        { """{"acKind":"ImageManifest","acVersion":"0.8.11"}""", "no name" },
        { Manifest("""{"name":"arch","value":"aarch64"}"""), "for arch 'aarch64', not amd64" },
        { Manifest("""{"name":"os","value":"freebsd"}"""), "for os 'freebsd', not linux" },
        { Manifest("""{"name":"os","value":"linux"},{"name":"os","value":"linux"}"""), "twice" },
        { Manifest("7"), "no name" },
        { """{"acKind":"ImageManifest","acVersion":"0.8.11","name":"a","labels":7}""", "no list" },
    };

    public static TheoryData<string, string, string, string> Layouts { get; } = new()
    {
        { "file", "../climb", "", "'../climb' leads out" },
        { "file", "rootfs/../../climb", "", "leads out" },
        { "file", "rootfs/a/../../../../../../tmp/climb", "", "leads out" },
        { "file", "/tmp/climb", "", "'/tmp/climb' leads out" },
        { "folder", "rootfs/..", "", "leads out" },
        { "hard", "rootfs/hl", "/etc/hostname", "'/etc/hostname' leads out" },
        { "hard", "rootfs/hl", "rootfs/../../etc/hostname", "leads out" },
        { "hard", "rootfs/hl", "rootfs/nowhere", "not in it" },
        { "link", "rootfs/esc", "/tmp", "leads out of it, to '/tmp'" },
        { "link", "rootfs/esc", "../tmp", "leads out" },
        { "link", "rootfs/a/b/esc", "../../../tmp", "leads out" },
        { "link", "rootfs/a/esc", "c/../../../tmp", "leads out" },
        { "file", "manifest", "", "'manifest' is there twice" },
        { "file", "./manifest", "", "'manifest' is there twice" },
        { "file", "rootfs/app", "", "'rootfs/app' is there twice" },
        { "file", "rootfs/app/below", "", "no directory" },
        { "folder", "rootfs/app", "", "a directory and a file" },
        { "link", "rootfs/folder", "app", "a directory and a file" },
        { "file", "stray", "", "'stray', where only" },
        { "file", "rootfs\u001b", "", "'rootfs?', where only" },
    };

    public void Dispose() => workspace.Dispose();

    [Theory, MemberData(nameof(Manifests))]
    public void A_manifest_that_is_none_or_anothers(string manifest, string reason) =>
        Refuses(Write(Tar([File("manifest", manifest), .. Program()])), reason);

    [Theory, MemberData(nameof(Layouts))]
    public void A_layout_that_cannot_be_trusted(string type, string path, string target, string reason) =>
        Refuses(Write(Tar([File("manifest", Manifest()), .. Program(), Entry(type, path, target)])), reason);

    [Fact]
    public void A_file_behind_a_link() => Refuses(
        Write(Tar([File("manifest", Manifest()), .. Program(), Link("rootfs/in", "folder"), File("rootfs/in/file")])), "no directory");

    [Fact]
    public void A_link_in_the_place_of_a_folder_that_is_in_use() => Refuses(
        Write(Tar([File("manifest", Manifest()), File("rootfs/in/file"), Link("rootfs/in", "folder")])), "no directory");

    [Fact]
    public void No_manifest() => Refuses(Write(Tar(Program())), "no manifest");

    [Fact]
    public void A_manifest_that_is_a_link() =>
        Refuses(Write(Tar([Link("manifest", "rootfs/app"), .. Program()])), "no file with content");

    [Fact]
    public void A_manifest_of_a_size_that_none_has() =>
        Refuses(Write(Tar([File("manifest", new string(' ', 2 << 20)), .. Program()])), "larger than 1 MiB");

    [Fact]
    public void No_rootfs() => Refuses(Write(Tar([File("manifest", Manifest())])), "no directory rootfs");

    [Fact]
    public void A_rootfs_that_is_a_file() => Refuses(Write(Tar([File("manifest", Manifest()), File("rootfs")])), "no directory");

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("some text, and of it more than the magic's offset: no", "neither a tar")]
    [InlineData("\u00fd7zXZ\0 and so on", "xz or bzip2")]
    [InlineData("BZh91AY and so on", "xz or bzip2")]
    [InlineData("\u007fELF\u0002\u0001\u0001", "neither a tar")]
    public void What_is_no_archive(string start, string reason) =>
        Refuses(workspace.Write("file", Encoding.Latin1.GetBytes(start)), reason);

    [Fact]
    public void What_is_compressed_but_no_archive() => Refuses(Write(Gzip(new byte[2000])), "no tar");

    [Fact]
    public void No_file_at_all() => Refuses(workspace.PathOf("nothing"), "cannot be read");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_archive_that_is_cut_anywhere(bool compressed)
    {
        var whole = Tar([File("manifest", Manifest()), .. Program()]);
        whole = compressed ? Gzip(whole) : whole;
        AciReader.Read(Write(whole), GuestArchitecture.X64);
        // The last block of an uncompressed tar is one of two that both only say that it ends.
        var least = compressed ? 1 : 1024;
        for (var cut = least; cut < whole.Length; cut += compressed ? 1 : 97)
        {
            var path = Write(whole[..^cut]);
            var refusal = Assert.Throws<AciException>(() => AciReader.Read(path, GuestArchitecture.X64));
            Assert.DoesNotContain(refusal.Message, char.IsControl);
        }

        Refuses(Write(whole[..^least]), "truncated");
    }

    [Fact]
    public void An_archive_with_any_byte_changed_is_read_or_refused_in_one_line()
    {
        var whole = Tar([File("manifest", Manifest()), Folder("rootfs/"), File("rootfs/app"), Link("rootfs/l", "app")]);
        var refused = 0;
        foreach (var at in Enumerable.Range(0, whole.Length).Where(at => whole[at] != 0))
        {
            foreach (var wrong in (byte[])[0xff, 0])
            {
                var bytes = whole.ToArray();
                bytes[at] = wrong;
                try
                {
                    AciReader.Read(Write(bytes), GuestArchitecture.X64);
                }
                catch (AciException e)
                {
                    refused++;
                    Assert.DoesNotContain(e.Message, char.IsControl);
                }
            }
        }

        Assert.True(refused > 300, $"{refused}");
    }

    [Fact]
    public void Compressed_with_the_manifest_last_and_links_inside_is_as_good()
    {
        var path = Write(Gzip(Tar(
        [
            Folder("rootfs/"), File("rootfs/usr/lib/a"), Link("rootfs/lib", "usr/lib"), Link("rootfs/etc/mtab", "../proc/self/mounts"),
            Hard("rootfs/b", "rootfs/usr/lib/a"), File("./manifest", Manifest()),
        ])));
        var read = AciReader.Read(path, GuestArchitecture.X64);
        Assert.Equal("test/app", read.Name);
        Assert.Equal("usr/lib", read.Links["rootfs/lib"]);
        Assert.Contains("rootfs/b", read.Files);
    }

    [Fact]
    public void A_stage_1_is_taken_for_its_own_flavor_only()
    {
        var path = Write(Tar([File("manifest", Manifest(more: "," + Stage1Annotations)), .. Stage1Files]));
        RktStage1.Check(path, GuestArchitecture.X64, "fly");
        RefusesStage1(path, "host", "another flavor than host: fly");
    }

    [Fact]
    public void An_ordinary_image_is_no_stage_1()
    {
        var plain = Write(Tar([File("manifest", Manifest()), .. Stage1Files]));
        RefusesStage1(plain, "fly", "no annotation");
        var hollow = Write(Tar([File("manifest", Manifest(more: "," + Stage1Annotations)), .. Program()]));
        RefusesStage1(hollow, "fly", "no /run in it");
    }

    private static string Manifest(
        string labels = """{"name":"os","value":"linux"},{"name":"arch","value":"amd64"}""", string kind = "ImageManifest",
        string more = "") =>
        $$"""{"acKind":"{{kind}}","acVersion":"0.8.11","name":"test/app","labels":[{{labels}}]{{more}}}""";

    private static TarEntry[] Program() => [Folder("rootfs/"), Folder("rootfs/folder"), File("rootfs/app")];

    private static UstarTarEntry Entry(string type, string path, string target) => type switch
    {
        "file" => File(path),
        "folder" => Folder(path),
        "link" => Link(path, target),
        _ => Hard(path, target),
    };

    private static UstarTarEntry File(string path, string content = "content") =>
        new(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    private static UstarTarEntry Folder(string path) => new(TarEntryType.Directory, path);

    private static UstarTarEntry Link(string path, string target) => new(TarEntryType.SymbolicLink, path) { LinkName = target };

    private static UstarTarEntry Hard(string path, string target) => new(TarEntryType.HardLink, path) { LinkName = target };

    private static byte[] Tar(IEnumerable<TarEntry> entries)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                if (entry.DataStream is { } data)
                {
                    data.Position = 0;
                }

                tar.WriteEntry(entry);
            }
        }

        return bytes.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return bytes.ToArray();
    }

    private static void Refuses(string path, string reason)
    {
        var refusal = Assert.Throws<AciException>(() => AciReader.Read(path, GuestArchitecture.X64));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    private static void RefusesStage1(string path, string flavor, string reason) => Assert.Contains(
        reason, Assert.Throws<AciException>(() => RktStage1.Check(path, GuestArchitecture.X64, flavor)).Message, StringComparison.Ordinal);

    private string Write(byte[] content) => workspace.Write("image.aci", content);
}
