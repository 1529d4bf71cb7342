using System.CommandLine;
using VirtualBench.Cli;
using VirtualBench.Plan;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Cli;

/// <summary>What the user brings for engines: options, and the configuration under them.</summary>
public sealed class EngineOptionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vb-config-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_option_goes_before_the_configuration_and_the_rest_is_kept()
    {
        var config = Write("""
            {
              // paths are relative to this file
              "images": { "osv": "osv/loader.elf", "rkt": "/usr/bin/rkt" },
              "engines": ["engines/mine.json"],
              "libvirt": "qemu:///system",
            }
            """);
        var read = Read("--config", config, "--image", "osv=/tmp/other.elf", "--kernel", "/boot/vmlinuz");
        Assert.Equal("/tmp/other.elf", read.Images["osv"]);
        Assert.Equal("/usr/bin/rkt", read.Images["rkt"]);
        Assert.Equal([Path.Combine(_folder, "engines/mine.json")], read.EngineFiles);
        Assert.Equal("qemu:///system", read.LibvirtUri);
        Assert.Equal(["/boot/vmlinuz"], read.Kernels);
        Assert.Equal(Path.Combine(_folder, "osv/loader.elf"), Read("--config", config).Images["osv"]);
    }

    [Fact]
    public void The_hosts_own_architecture_need_not_be_named()
    {
        var own = TargetName.ArchitectureName(TargetName.HostArchitecture);
        var other = own == "x64" ? "arm64" : "x64";
        var images = EngineChoices.ReadImages([$"osv@{own}=/a", $"osv@{other}=/b"]);
        Assert.Equal("/a", images["osv"]);
        Assert.Equal("/b", images["osv@" + other]);
    }

    [Fact]
    public void A_run_can_be_repeated_by_its_options()
    {
        var choices = new EngineChoices(
            ["arm64=/k"], null, new Dictionary<string, string> { ["rkt"] = "/opt/a b's/rkt" }, ["/e.json"]);
        Assert.Equal(["--kernel arm64=/k", @"--image 'rkt=/opt/a b'\''s/rkt'", "--engine /e.json"], choices.Options());
    }

    [Theory]
    [InlineData("osv")]
    [InlineData("=file")]
    [InlineData("OSV=file")]
    [InlineData("osv@sparc=file")]
    [InlineData("osv=")]
    public void What_is_no_image_is_refused(string pair)
    {
        var refusal = Assert.Throws<PlanException>(() => EngineChoices.ReadImages([pair]));
        Assert.Contains("write NAME=FILE", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "cannot be understood")]
    [InlineData("null", "cannot be understood")]
    [InlineData("""{"image": {}}""", "cannot be understood")]
    [InlineData("""{"images": {"osv": 3}}""", "cannot be understood")]
    [InlineData("""{"images": {"O S V": "f"}}""", "is no image")]
    public void A_broken_configuration_is_one_clear_line(string text, string expected)
    {
        var message = Assert.Throws<PlanException>(() => Read("--config", Write(text))).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_configuration_that_was_named_has_to_be_there() =>
        Assert.Contains(
            "cannot be read", Assert.Throws<PlanException>(() => Read("--config", Path.Combine(_folder, "none.json"))).Message,
            StringComparison.Ordinal);

    private string Write(string text)
    {
        var file = Path.Combine(_folder, "config.json");
        File.WriteAllText(file, text);
        return file;
    }

    private static EngineChoices Read(params string[] arguments)
    {
        var command = new RootCommand();
        var options = new EngineOptionSet();
        options.AddTo(command);
        return options.Read(command.Parse(arguments));
    }
}
