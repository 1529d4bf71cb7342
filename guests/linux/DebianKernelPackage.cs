using System.ComponentModel;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace VirtualBench.Guests.Linux;

/// <summary>Fetches Debian's cloud kernel as a package and unpacks it into a directory. Nothing is installed.</summary>
internal sealed partial class DebianKernelPackage(ICommandRunner commands)
{
    private const string Advice = "connect to a Debian mirror, or give --kernel FILE";

    /// <summary>Leaves the unpacked package in <c>root</c> under the working directory; returns its name and version.</summary>
    /// <param name="work">An empty directory, which the caller deletes.</param>
    public async Task<(string Package, string Root)> FetchAsync(GuestArchitecture architecture, string work, CancellationToken cancellation)
    {
        var metaPackage = "linux-image-cloud-" + AptConfiguration.Name(architecture);
        var apt = Path.Combine(work, "apt");
        Directory.CreateDirectory(apt);
        var configuration = "--config-file=" + AptConfiguration.Write(architecture, apt);

        // It fails as a whole when one of the user's other sources does; what counts is whether the package is known afterwards.
        var update = await RunAsync("apt-get", [configuration, "--quiet", "update"], work, cancellation);
        var known = await ShowAsync(metaPackage, configuration, work, cancellation);
        if (known is null)
        {
            throw Failure(metaPackage, "apt knows no such package", update);
        }

        var package = KernelDependency().Match(Field(known, "Depends") ?? "").Value;
        if (package.Length == 0)
        {
            throw Failure(metaPackage, "it depends on no kernel", update);
        }

        var record = await ShowAsync(package, configuration, work, cancellation)
            ?? throw Failure(package, $"apt knows {metaPackage} but not what it depends on", update);
        var download = await RunAsync("apt-get", [configuration, "--quiet", "download", package], work, cancellation);
        var file = Directory.EnumerateFiles(work, "*.deb").FirstOrDefault();
        if (download.Status != 0 || file is null)
        {
            throw Failure(package, "the download failed", download);
        }

        await CheckAsync(file, Field(record, "SHA256"), package, cancellation);
        var root = Path.Combine(work, "root");
        var unpack = await RunAsync("dpkg-deb", ["--extract", file, root], work, cancellation);
        return unpack.Status == 0
            ? (package + " " + Field(record, "Version"), root)
            : throw Failure(package, "it cannot be unpacked", unpack);
    }

    /// <summary>The first paragraph that apt knows of a package, or null.</summary>
    private async Task<string?> ShowAsync(string package, string configuration, string work, CancellationToken cancellation)
    {
        var shown = await RunAsync("apt-cache", [configuration, "show", "--no-all-versions", package], work, cancellation);
        return shown.Status == 0 && shown.Output.Contains("Package: " + package + "\n", StringComparison.Ordinal) ? shown.Output : null;
    }

    private async Task<CommandResult> RunAsync(string command, string[] arguments, string work, CancellationToken cancellation)
    {
        try
        {
            return await commands.RunAsync(command, arguments, work, cancellation);
        }
        catch (Win32Exception e)
        {
            throw new KernelException(
                $"no kernel for Linux guests: {command} cannot be run ({e.Message}); install Debian's apt and dpkg, or give --kernel FILE",
                e);
        }
    }

    private static async Task CheckAsync(string file, string? expected, string package, CancellationToken cancellation)
    {
        await using var stream = File.OpenRead(file);
        var actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
        if (actual != expected)
        {
            throw new KernelException(
                $"no kernel for Linux guests: {package} has SHA-256 {actual} but the archive's index says {expected ?? "none"}; "
                + "try again, or give --kernel FILE");
        }
    }

    private static KernelException Failure(string package, string what, CommandResult result)
    {
        // apt says "E: ..." for what ended it and "W: ..." for a source that failed; the first is the cause, what follows are consequences.
        var lines = (result.Error + "\n" + result.Output).Split('\n', StringSplitOptions.TrimEntries);
        var said = lines.FirstOrDefault(line => line.StartsWith("E: ", StringComparison.Ordinal))
            ?? lines.FirstOrDefault(line => line.StartsWith("W: ", StringComparison.Ordinal))
            ?? lines.FirstOrDefault(line => line.Length > 0);
        said = said is null ? "" : ": " + ControlCharacters().Replace(said, "?")[..Math.Min(said.Length, 300)];
        return new KernelException($"no kernel for Linux guests: {package}: {what}{said}; {Advice}");
    }

    /// <summary>One field of a paragraph of Debian control data (deb822); only fields of one line are asked for.</summary>
    internal static string? Field(string paragraph, string name) =>
        paragraph.Split('\n').FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..].Trim();

    [GeneratedRegex(@"(?<=^|[\s,])linux-image-[0-9][a-z0-9.+~-]*", RegexOptions.CultureInvariant)]
    private static partial Regex KernelDependency();

    [GeneratedRegex(@"[\x00-\x1F\x7F-\x9F]", RegexOptions.CultureInvariant)]
    private static partial Regex ControlCharacters();
}
