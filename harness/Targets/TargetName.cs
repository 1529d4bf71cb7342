using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using VirtualBench.Guests;

namespace VirtualBench.Targets;

/// <summary>A target as the user writes it: <c>engine[:variant][@arch]</c>, e.g. <c>docker:crun</c> or <c>qemu@arm64</c>.</summary>
public sealed partial record TargetName(string Engine, string? Variant, GuestArchitecture Architecture)
{
    /// <summary>The architecture of the machine that we run on.</summary>
    public static GuestArchitecture HostArchitecture { get; } =
        RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64
            ? GuestArchitecture.Arm64
            : GuestArchitecture.X64;

    /// <summary>True when the target's code is not the host's own, so that something has to translate it.</summary>
    public bool IsForeign => Architecture != HostArchitecture;

    public static bool TryParse(string text, [NotNullWhen(true)] out TargetName? name)
    {
        var match = Grammar().Match(text);
        name = !match.Success ? null : new TargetName(
            match.Groups["engine"].Value,
            match.Groups["variant"].Success ? match.Groups["variant"].Value : null,
            match.Groups["arch"].Value switch
            {
                "arm64" => GuestArchitecture.Arm64,
                "x64" => GuestArchitecture.X64,
                _ => HostArchitecture,
            });
        return name is not null;
    }

    public override string ToString() =>
        Engine + (Variant is null ? "" : ":" + Variant) + (IsForeign ? "@" + ArchitectureName(Architecture) : "");

    /// <summary>The name after the <c>@</c>: <c>x64</c> or <c>arm64</c>.</summary>
    public static string ArchitectureName(GuestArchitecture architecture) => architecture == GuestArchitecture.Arm64 ? "arm64" : "x64";

    [GeneratedRegex(@"^(?<engine>[a-z][a-z0-9-]*)(:(?<variant>[A-Za-z0-9._/-]+))?(@(?<arch>x64|arm64))?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();
}
