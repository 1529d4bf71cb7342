using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace VirtualBench.Guests.Linux;

/// <summary>How the program in a guest ended, as our PID 1 (run_program.h) reports it: in a virtual machine on its last line.</summary>
/// <param name="ExitStatus">Its exit status; null when it did not exit by itself.</param>
/// <param name="Fault">Why not, one line; null when it did.</param>
/// <param name="Signal">The number of the signal that killed it; null when none did.</param>
public sealed partial record GuestEnd(int? ExitStatus, string? Fault, int? Signal = null)
{
    /// <summary>Reads a line without its line end; false for any line that is not such a report.</summary>
    public static bool TryParse(string line, [NotNullWhen(true)] out GuestEnd? end)
    {
        end = null;
        var match = Report().Match(line);
        if (match.Groups["status"] is { Success: true } status)
        {
            end = new GuestEnd(int.Parse(status.ValueSpan, CultureInfo.InvariantCulture), null);
        }
        else if (match.Groups["signal"] is { Success: true } signal)
        {
            end = new GuestEnd(
                null, "the program was killed by signal " + signal.Value, int.Parse(signal.ValueSpan, CultureInfo.InvariantCulture));
        }
        else if (match.Groups["why"] is { Success: true } why)
        {
            end = new GuestEnd(null, "the guest cannot " + why.Value);
        }

        return end is not null;
    }

    [GeneratedRegex(
        @"^VBINIT: (exited (?<status>[0-9]{1,3})|killed by signal (?<signal>[0-9]{1,3})|cannot (?<why>[^\x00-\x1F\x7F]+))\r?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Report();
}
