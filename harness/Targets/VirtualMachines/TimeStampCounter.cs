using System.Globalization;
using System.Text.RegularExpressions;
using VirtualBench.Guests;
using VirtualBench.Host;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>
/// The rate of the host's time stamp counter. .NET cannot read the counter, so the measurement engine is asked, which measures it before
/// its first line.
/// </summary>
internal static partial class TimeStampCounter
{
    /// <returns>In kHz; null when the host has no invariant counter, is no x64, or the guest program is not built.</returns>
    public static async Task<long?> MeasureKhzAsync(CancellationToken cancellation)
    {
        if (TargetName.HostArchitecture != GuestArchitecture.X64 || BuildOutput.FindProgram("c", GuestArchitecture.X64) is not { } program)
        {
            return null;
        }

        var console = new TextConsole();
        _ = await GuestProcess.RunAsync(
            new ProcessLaunch(program.Path, ["cpu.primes"], [], [], ""), console, cancellation, () => KhzIn(console.Text) is not null)
            .ConfigureAwait(false);
        return KhzIn(console.Text);
    }

    /// <param name="transcript">Of the engine, see vb_protocol.h.</param>
    internal static long? KhzIn(string transcript) =>
        Rate().Match(transcript) is { Success: true } match
        && long.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var hz)
        && (hz + 500) / 1000 is > 0 and var khz
            ? khz
            : null;

    // Up to the blank behind it, or a line that has come half would give a tenth of the rate.
    [GeneratedRegex(@"^// VB: hello [^\n]* clock=tsc clockHz=([0-9]+)[ \n]", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Rate();
}
