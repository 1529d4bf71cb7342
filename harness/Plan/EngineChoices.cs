using System.Text.RegularExpressions;
using VirtualBench.Targets;

namespace VirtualBench.Plan;

/// <summary>What the user brings for engines, from the command line and the configuration file.</summary>
/// <param name="Kernels">Kernels for Linux guests, each <c>FILE</c> or <c>ARCH=FILE</c>.</param>
/// <param name="LibvirtUri">The libvirt connection for virtual machines; null: the driver embedded in this process.</param>
/// <param name="Images">Files by name (<c>osv</c>, <c>osv@arm64</c>, <c>rkt.stage1</c>), absolute.</param>
/// <param name="EngineFiles">Descriptions of engines that the program does not know, absolute.</param>
public sealed partial record EngineChoices(
    IReadOnlyList<string> Kernels, string? LibvirtUri, IReadOnlyDictionary<string, string> Images, IReadOnlyList<string> EngineFiles)
{
    public static EngineChoices None { get; } = new([], null, new Dictionary<string, string>(), []);

    /// <summary>Reads <c>NAME=FILE</c> pairs; a later one takes the place of an earlier.</summary>
    /// <exception cref="PlanException">A pair is none, or its name is no image's.</exception>
    public static Dictionary<string, string> ReadImages(IEnumerable<string> pairs)
    {
        var images = new Dictionary<string, string>();
        foreach (var pair in pairs)
        {
            var match = Pair().Match(pair);
            if (!match.Success)
            {
                throw new PlanException($"'{pair}' is no image: write NAME=FILE, e.g. osv=/opt/osv/loader-stripped.elf");
            }

            images[Canonical(match.Groups["name"].Value)] = Path.GetFullPath(match.Groups["file"].Value);
        }

        return images;
    }

    /// <summary>Those of <paramref name="other"/> where this has none.</summary>
    public EngineChoices Over(EngineChoices other) => new(
        Kernels.Count > 0 ? Kernels : other.Kernels, LibvirtUri ?? other.LibvirtUri,
        other.Images.Concat(Images).GroupBy(i => i.Key).ToDictionary(g => g.Key, g => g.Last().Value),
        [.. EngineFiles.Concat(other.EngineFiles).Distinct()]);

    /// <summary>The options that say the same, for a command line that repeats a run.</summary>
    public IEnumerable<string> Options() =>
    [
        .. Kernels.Select(k => $"--kernel {Quote(k)}"), .. LibvirtUri is null ? Array.Empty<string>() : [$"--libvirt {Quote(LibvirtUri)}"],
        .. Images.OrderBy(i => i.Key, StringComparer.Ordinal).Select(i => $"--image {Quote($"{i.Key}={i.Value}")}"),
        .. EngineFiles.Select(f => $"--engine {Quote(f)}"),
    ];

    // The host's own architecture need not be named.
    private static string Canonical(string name)
    {
        var own = "@" + TargetName.ArchitectureName(TargetName.HostArchitecture);
        return name.EndsWith(own, StringComparison.Ordinal) ? name[..^own.Length] : name;
    }

    private static string Quote(string text) =>
        Plain().IsMatch(text) ? text : "'" + text.Replace("'", @"'\''", StringComparison.Ordinal) + "'";

    [GeneratedRegex(@"\A(?<name>[a-z][a-z0-9.-]*(@x64|@arm64)?)=(?<file>.+)\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Pair();

    [GeneratedRegex(@"\A[A-Za-z0-9_./=:@+-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
