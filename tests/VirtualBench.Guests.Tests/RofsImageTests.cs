using VirtualBench.Guests.Osv;

namespace VirtualBench.Guests.Tests;

public class RofsImageTests
{
    [Fact]
    public void What_is_written_is_what_a_reader_finds()
    {
        var content = Bytes(100_003);
        var found = RofsReader.Read(Image(image =>
        {
            image.AddFile("vbprobe", content);
            image.AddDirectory("etc");
            image.AddDirectory("etc/ssl");
            image.AddFile("etc/ssl/empty", Array.Empty<byte>());
            image.AddSymbolicLink("etc/link", "/proc/self/exe");
            image.AddFile("etc/a", "x"u8.ToArray());
        }));
        Assert.Equal(["etc", "etc/a", "etc/link", "etc/ssl", "etc/ssl/empty", "vbprobe"], found.Select(entry => entry.Path));
        Assert.Equal("/proc/self/exe", found[2].Target);
        Assert.Empty(found[4].Content!);
        Assert.Equal(content, found[5].Content);
    }

    [Fact]
    public void An_empty_image_has_a_root() => Assert.Empty(RofsReader.Read(Image(_ => { })));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(1024)]
    [InlineData(32 * 1024)]
    [InlineData((32 * 1024) + 1)]
    public void A_file_may_end_anywhere_in_a_block(int size)
    {
        var found = RofsReader.Read(Image(image =>
        {
            image.AddFile("a", Bytes(size));
            image.AddFile("b", Bytes(700));
        }));
        Assert.Equal(Bytes(size), found[0].Content);
        Assert.Equal(Bytes(700), found[1].Content);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_tree_is_read_back_and_does_not_depend_on_the_order(int seed)
    {
        var random = new Random(seed);
        var folders = new List<string> { "" };
        var expected = new Dictionary<string, RofsEntry>();
        for (var i = 0; i < 700; i++)
        {
            var parent = folders[random.Next(folders.Count)];
            var name = new string('n', random.Next(1, 60)) + i;
            var path = parent.Length == 0 ? name : parent + "/" + name;
            var entry = random.Next(4) switch
            {
                0 when path.Length < 3000 => new RofsEntry(path, null, null),
                1 => new RofsEntry(path, null, new string('t', random.Next(1, 2000))),
                _ => new RofsEntry(path, Bytes(random.Next(0, 3000)), null),
            };
            expected.Add(path, entry);
            if (entry is { Content: null, Target: null })
            {
                folders.Add(path);
            }
        }

        // In another order, but parents first.
        var shuffled = expected.Values.ToArray();
        random.Shuffle(shuffled);
        var image = Image(i => Fill(i, expected.Values));
        Assert.Equal(image, Image(i => Fill(i, shuffled.OrderBy(entry => entry.Path.Count(c => c == '/')))));

        var found = RofsReader.Read(image);
        Assert.Equal(expected.Count, found.Count);
        Assert.All(found, entry =>
        {
            Assert.Equal(expected[entry.Path].Target, entry.Target);
            Assert.Equal(expected[entry.Path].Content, entry.Content);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/vbprobe")]
    [InlineData("dir/")]
    [InlineData("dir//file")]
    [InlineData(".")]
    [InlineData("dir/..")]
    [InlineData("../file")]
    [InlineData("two\nlines")]
    [InlineData("zero\0byte")]
    [InlineData("esc\u001b[2J")]
    [InlineData("a blank")]
    [InlineData("back\\slash")]
    [InlineData("umläut")]
    [InlineData("nowhere/file")]
    [InlineData("there")]
    [InlineData("there/file")]
    public void An_odd_name_is_refused_in_one_line_and_leaves_no_trace(string name)
    {
        var image = new RofsImage();
        image.AddDirectory("dir");
        image.AddFile("there", "1"u8.ToArray());
        foreach (var add in (Action[])[
            () => image.AddFile(name, "x"u8.ToArray()), () => image.AddDirectory(name), () => image.AddSymbolicLink(name, "t")])
        {
            var refusal = Assert.Throws<ArgumentException>(add);
            Assert.DoesNotContain(refusal.Message, char.IsControl);
        }

        using var output = new MemoryStream();
        image.Write(output);
        Assert.Equal(["dir", "there"], RofsReader.Read(output.ToArray()).Select(entry => entry.Path));
    }

    [Fact]
    public void A_component_longer_than_a_guest_allows_is_refused()
    {
        Image(image => image.AddFile(new string('n', 255), Array.Empty<byte>()));
        Assert.Throws<ArgumentException>(() => new RofsImage().AddFile(new string('n', 256), Array.Empty<byte>()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_link_needs_a_target(string target) =>
        Assert.Throws<ArgumentException>(() => new RofsImage().AddSymbolicLink("link", target));

    private static byte[] Image(Action<RofsImage> fill)
    {
        var image = new RofsImage();
        fill(image);
        using var output = new MemoryStream();
        image.Write(output);
        return output.ToArray();
    }

    private static void Fill(RofsImage image, IEnumerable<RofsEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Target is { } target)
            {
                image.AddSymbolicLink(entry.Path, target);
            }
            else if (entry.Content is { } content)
            {
                image.AddFile(entry.Path, content);
            }
            else
            {
                image.AddDirectory(entry.Path);
            }
        }
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7))];
}
