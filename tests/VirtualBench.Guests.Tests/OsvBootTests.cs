using VirtualBench.Guests.Osv;

namespace VirtualBench.Guests.Tests;

public class OsvBootTests
{
    [Fact]
    public void The_program_comes_last_with_its_arguments() => Assert.EndsWith(
        " --mount-fs=rofs,/dev/vblk0,/app /app/vbprobe --min=3 mem.latency{bytes=16384,hugepages=yes}",
        OsvBoot.CommandLine(GuestArchitecture.X64, ["--min=3", "mem.latency{bytes=16384,hugepages=yes}"]), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("two\nlines")]
    [InlineData("a;b")]
    [InlineData("a&")]
    [InlineData("wow!")]
    [InlineData("$HOME")]
    [InlineData("\"quoted\"")]
    [InlineData("back\\slash")]
    [InlineData("umläut")]
    public void An_argument_that_osv_would_change_is_refused(string argument)
    {
        var refusal = Assert.Throws<ArgumentException>(() => OsvBoot.CommandLine(GuestArchitecture.X64, ["fine", argument]));
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    [Fact]
    public void More_than_osv_takes_on_arm64_is_refused()
    {
        var spare = 1023 - OsvBoot.CommandLine(GuestArchitecture.Arm64, ["a"]).Length;
        var longest = new string('a', spare + 1);
        Assert.Equal(1023, OsvBoot.CommandLine(GuestArchitecture.Arm64, [longest]).Length);
        Assert.Throws<ArgumentException>(() => OsvBoot.CommandLine(GuestArchitecture.Arm64, [longest + "a"]));
        Assert.Equal(1024, OsvBoot.CommandLine(GuestArchitecture.X64, [longest + "a"]).Length);
    }

    [Fact]
    public void The_disk_holds_the_program()
    {
        using var workspace = new Workspace();
        using var disk = new MemoryStream();
        OsvBoot.WriteDisk(disk, workspace.Write("some-program", "a program"u8.ToArray()));
        var entry = Assert.Single(RofsReader.Read(disk.ToArray()));
        Assert.Equal("vbprobe", entry.Path);
        Assert.Equal("a program"u8.ToArray(), entry.Content);
    }
}
