using System.Text.Json;
using VirtualBench.Guests.Rumprun;

namespace VirtualBench.Guests.Tests;

public sealed class RumprunBootTests
{
    private const string Image = "/scratch/vbprobe.image";

    [Fact]
    public void The_command_line_is_json_with_nothing_more_escaped_than_json_needs() => Assert.Equal(
        """{"cmdline":"vbprobe --min=3 mem.latency{bytes=16384,hugepages=yes} a+b<c>&d"}""",
        RumprunBoot.CommandLine(Image, ["--min=3", "mem.latency{bytes=16384,hugepages=yes}", "a+b<c>&d"]));

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("two\nlines")]
    [InlineData("\"quoted\"")]
    [InlineData("'quoted'")]
    [InlineData("back\\slash")]
    [InlineData("umläut")]
    public void An_argument_that_rumprun_would_change_is_refused(string argument)
    {
        var refusal = Assert.Throws<ArgumentException>(() => RumprunBoot.CommandLine(Image, ["fine", argument]));
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    [Fact]
    public void More_than_rumprun_takes_is_refused_with_the_path_that_qemu_adds()
    {
        var spare = 4095 - Image.Length - 1 - RumprunBoot.CommandLine(Image, ["a"]).Length;
        var longest = new string('a', spare + 1);
        using var json = JsonDocument.Parse(RumprunBoot.CommandLine(Image, [longest]));
        Assert.Equal("vbprobe " + longest, json.RootElement.GetProperty("cmdline").GetString());
        Assert.Throws<ArgumentException>(() => RumprunBoot.CommandLine(Image, [longest + "a"]));
        Assert.Throws<ArgumentException>(() => RumprunBoot.CommandLine(Image + "s", [longest]));
    }

    [Fact]
    public void A_path_in_which_rumprun_would_find_its_configuration_is_refused() =>
        Assert.Throws<ArgumentException>(() => RumprunBoot.CommandLine("/a{b/image", []));
}
