using VirtualBench.Guests;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>The installed QEMU that emulates an architecture.</summary>
internal static class QemuProgram
{
    private const string Setup = "./build.sh setup";

    /// <summary>Its name in the search path.</summary>
    public static string NameFor(GuestArchitecture architecture) =>
        "qemu-system-" + (architecture == GuestArchitecture.Arm64 ? "aarch64" : "x86_64");

    /// <summary>Null when it is there.</summary>
    public static Availability? WhyAbsent(GuestArchitecture architecture) => ProgramPath.Find(NameFor(architecture)) is null
        ? new Availability(false, null, $"{NameFor(architecture)} is not installed", Setup)
        : null;

    /// <returns>Its absolute path.</returns>
    /// <exception cref="TargetException">It is not installed.</exception>
    public static string Find(GuestArchitecture architecture) => ProgramPath.Find(NameFor(architecture))
        ?? throw new TargetException($"{NameFor(architecture)} is not installed: {Setup}");

    /// <returns>E.g. <c>QEMU 7.2.22 (Debian ...)</c>.</returns>
    /// <exception cref="TargetException">It is not installed, or does not run.</exception>
    public static async Task<string> VersionAsync(GuestArchitecture architecture, CancellationToken cancellation)
    {
        var answer = await HostCommand.RunAsync(Find(architecture), ["--version"], cancellation).ConfigureAwait(false);
        return answer.Status == 0 && ErrorTail.Clean(answer.Output.Split('\n')[0]) is { } line
            ? line.Replace(" emulator version", "", StringComparison.Ordinal)
            : throw new TargetException($"{NameFor(architecture)} --version fails: {answer.Error ?? "no output"}");
    }
}
