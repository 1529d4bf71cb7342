using System.CommandLine;
using VirtualBench.Plan;

namespace VirtualBench.Cli;

/// <summary>The options that say what the user brings for engines; every command that looks at targets takes them.</summary>
internal sealed class EngineOptionSet
{
    private readonly Option<string[]> _kernels = new("--kernel")
    {
        Description = "a kernel for Linux guests instead of Debian's, FILE or x64=FILE or arm64=FILE",
        HelpName = "[ARCH=]FILE",
    };
    private readonly Option<string?> _libvirt = new("--libvirt")
    {
        Description = "libvirt connection for virtual machines; default: the QEMU driver within this process",
        HelpName = "URI",
    };
    private readonly Option<string[]> _images = new("--image")
    {
        Description = "what an engine needs from you, e.g. osv=loader-stripped.elf; `list targets` shows the names",
        HelpName = "NAME=FILE",
    };
    private readonly Option<string[]> _engines = new("--engine")
    {
        Description = "a file that describes another engine, which then is a target like any other",
        HelpName = "FILE",
    };
    private readonly Option<string?> _configuration = new("--config")
    {
        Description = $"configuration file; default: {UserConfiguration.DefaultPath} where there is one",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _kernels, _libvirt, _images, _engines, _configuration })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What the command line says, and where it says nothing, the configuration.</summary>
    /// <exception cref="PlanException">Something is wrong with either.</exception>
    public EngineChoices Read(ParseResult result) => new EngineChoices(
        result.GetValue(_kernels) ?? [], result.GetValue(_libvirt), EngineChoices.ReadImages(result.GetValue(_images) ?? []),
        [.. (result.GetValue(_engines) ?? []).Select(Path.GetFullPath)]).Over(UserConfiguration.Read(result.GetValue(_configuration)));
}
