using System.Diagnostics;
using System.Text;
using VirtualBench.Guests.Linux;

namespace VirtualBench.Guests.Tests;

public class InitramfsWriterTests
{
    private const UnixFileMode Mode755 = (UnixFileMode)0x1ED, Mode600 = (UnixFileMode)0x180;

    [Fact]
    public void What_is_written_is_what_a_reader_finds()
    {
        var content = Enumerable.Range(0, 100_003).Select(i => (byte)(i * 7)).ToArray();
        var entries = Assert.Single(CpioReader.Read(Archive(writer =>
        {
            writer.AddDirectory("dev", Mode755);
            writer.AddCharacterDevice("dev/console", Mode600, 5, 1);
            writer.AddFile("empty", Mode600, []);
            using var stream = new MemoryStream(content);
            writer.AddFile("program", Mode755, stream);
            writer.AddSymbolicLink("link", "/proc/self/exe");
        })));

        Assert.Equal(["dev", "dev/console", "empty", "program", "link"], entries.Select(entry => entry.Name));
        Assert.Equal<uint>([0x41ED, 0x2180, 0x8180, 0x81ED, 0xA1FF], entries.Select(entry => entry.Mode));
        Assert.Equal((5u, 1u), (entries[1].Major, entries[1].Minor));
        Assert.Empty(entries[2].Content);
        Assert.Equal(content, entries[3].Content);
        Assert.Equal("/proc/self/exe", Encoding.UTF8.GetString(entries[4].Content));
        Assert.All(entries, entry => Assert.Equal((0u, 0u, 0u), (entry.Owner, entry.Group, entry.Time)));
        Assert.Equal(entries.Count, entries.Select(entry => entry.Inode).Distinct().Count());
    }

    [Fact]
    public void The_same_calls_give_the_same_bytes_in_whole_blocks()
    {
        var first = Archive(Fill);
        Assert.Equal(first, Archive(Fill));
        Assert.Equal(0, first.Length % 512);

        static void Fill(InitramfsWriter writer)
        {
            writer.AddDirectory("sys", Mode755);
            writer.AddFile("init", Mode755, "x"u8);
        }
    }

    [Fact]
    public void Segments_can_stand_one_behind_the_other()
    {
        var first = Archive(writer => writer.AddFile("a", Mode600, "1"u8));
        var second = Archive(writer => writer.AddFile("b", Mode600, "22"u8));
        var segments = CpioReader.Read([.. first, .. second]);
        Assert.Equal(["a", "b"], segments.Select(segment => Assert.Single(segment).Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../escape")]
    [InlineData("dev/../../escape")]
    [InlineData("dev/..")]
    [InlineData("./init")]
    [InlineData("dev//console")]
    [InlineData("dev/")]
    [InlineData("TRAILER!!!")]
    [InlineData("two\nlines")]
    [InlineData("zero\0byte")]
    [InlineData("esc\u001b[2J")]
    [InlineData("a blank")]
    [InlineData("back\\slash")]
    [InlineData("umläut")]
    [InlineData("nowhere/file")]
    [InlineData("there")]
    [InlineData("there/file")]
    public void A_name_that_climbs_out_or_is_odd_is_refused_and_leaves_no_trace(string name)
    {
        using var output = new MemoryStream();
        var writer = new InitramfsWriter(output);
        writer.AddDirectory("dev", Mode755);
        writer.AddFile("there", Mode600, "1"u8);
        var before = output.Length;

        var refusal = Assert.Throws<ArgumentException>(() => writer.AddFile(name, Mode600, "x"u8));

        Assert.Equal(before, output.Length);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
        writer.Finish();
        Assert.Equal(["dev", "there"], Assert.Single(CpioReader.Read(output.ToArray())).Select(entry => entry.Name));
    }

    [Fact]
    public void A_component_longer_than_the_kernel_allows_is_refused()
    {
        Archive(writer => writer.AddFile(new string('n', 255), Mode600, []));
        Assert.Throws<ArgumentException>(() => Archive(writer => writer.AddFile(new string('n', 256), Mode600, [])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_link_needs_a_target(string target) =>
        Assert.Throws<ArgumentException>(() => Archive(writer => writer.AddSymbolicLink("link", target)));

    [Fact]
    public void A_file_that_shrinks_while_it_is_read_is_an_error_and_not_padding() =>
        Assert.Throws<EndOfStreamException>(() => Archive(writer => writer.AddFile("f", Mode600, new ShrinkingStream())));

    [Fact]
    public void Nothing_can_follow_the_end()
    {
        var writer = new InitramfsWriter(new MemoryStream());
        writer.Finish();
        Assert.Throws<ObjectDisposedException>(() => writer.AddDirectory("late", Mode755));
    }

    [Fact]
    public void The_cpio_command_reads_it()
    {
        var cpio = Tools.Find("cpio");
        Assert.SkipWhen(cpio is null, "cpio is not installed");
        using var process = Process.Start(
            new ProcessStartInfo(cpio, ["-itv", "--quiet"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.BaseStream.Write(Archive(writer =>
        {
            writer.AddDirectory("dev", Mode755);
            writer.AddCharacterDevice("dev/console", Mode600, 5, 1);
            writer.AddFile("init", Mode755, "hello"u8);
            writer.AddSymbolicLink("link", "init");
        }));
        process.StandardInput.Close();
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(["drwxr-xr-x", "crw-------", "-rwxr-xr-x", "lrwxrwxrwx"], lines.Select(line => line[..10]));
        Assert.Matches(@" 5, +1 .* dev/console$", lines[1]);
        Assert.EndsWith(" link -> init", lines[3], StringComparison.Ordinal);
    }

    private static byte[] Archive(Action<InitramfsWriter> fill)
    {
        using var output = new MemoryStream();
        var writer = new InitramfsWriter(output);
        fill(writer);
        writer.Finish();
        return output.ToArray();
    }

    /// <summary>Says it holds ten bytes and ends after none.</summary>
    private sealed class ShrinkingStream : MemoryStream
    {
        public override long Length => 10;
    }
}
