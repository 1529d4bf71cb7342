using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>
/// How a program on OSv ended, by what OSv says of it with <c>--verbose</c>. QEMU's own status is always 0. What OSv says, by its sources
/// (runtime.cc, core/app.cc, libc/signal.cc, core/mmu.cc):
/// <list type="bullet">
/// <item><c>program exited with status N</c>: the program called exit, as every static one does in the end;</item>
/// <item><c>program FILE returned N</c>: its main returned, and N is not 0;</item>
/// <item><c>Powering off.</c>: OSv ends in order; when it said nothing of a status, that is 0;</item>
/// <item><c>WHAT. Powering off.</c>: it was killed by a signal, or could not be started;</item>
/// <item>a line, and after it <c>[backtrace]</c> or <c>Halting.</c>: OSv aborted, and the line says why, or only <c>Aborted</c>.</item>
/// </list>
/// </summary>
internal sealed partial class OsvGuestEnd : GuestConsoleEnd
{
    private const string PoweringOff = "Powering off.", OnlyAborted = "OSv aborted: Aborted";
    private readonly byte[] _lastWords = new byte[LineLimit];
    private int _lastLength;
    private int? _status;
    private bool _poweredOff;
    private bool _halted;
    private string? _fault;
    private string? _pageFault;

    /// <summary>Before it has read its options OSv does not power off when it aborts.</summary>
    public override bool IsOver => _halted;

    protected override InstanceEnd Judge(string otherwise) =>
        _fault is not null ? new InstanceEnd(null, _fault)
        : _status is not null || _poweredOff ? new InstanceEnd(_status ?? 0, null)
        : new InstanceEnd(null, otherwise);

    protected override void Take(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return;
        }

        if (line.SequenceEqual("[backtrace]"u8) || line.SequenceEqual("Halting."u8))
        {
            _fault ??= "OSv aborted: " + (_pageFault ?? Text(_lastWords.AsSpan(0, _lastLength)));
            _halted = line[0] == (byte)'H';
        }
        else if (line.EndsWith("Powering off."u8))
        {
            TakePowerOff(Text(line));
        }
        else if (line.IndexOf("program "u8) >= 0 && Status().Match(Text(line)) is { Success: true } status)
        {
            // The last one counts: a program may print what it likes, OSv has the last word.
            _status = int.Parse(status.Groups["status"].ValueSpan, CultureInfo.InvariantCulture) & 0xFF;
        }
        else if (_fault == OnlyAborted && line.IndexOf("handle_mmap_fault"u8) >= 0)
        {
            // A fault of the program itself goes without a word, but for who called whom.
            _fault = "OSv aborted: page fault in the program";
        }
        else if (line.StartsWith("page fault outside application"u8))
        {
            // Registers and "Aborted" come between it and the backtrace.
            _pageFault = Text(line);
        }

        line.CopyTo(_lastWords);
        _lastLength = line.Length;
    }

    private void TakePowerOff(string line)
    {
        if (line == PoweringOff)
        {
            _poweredOff = true;
        }
        else if (Signal().Match(line) is { Success: true } signal)
        {
            var number = int.Parse(signal.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
            _fault ??= "the program was killed by " + SignalName.Of(number);
        }
        else
        {
            _fault ??= "OSv gave up: " + line[..^PoweringOff.Length].TrimEnd('.', ' ');
        }
    }

    private static string Text(ReadOnlySpan<byte> line) => ErrorTail.Clean(Encoding.Latin1.GetString(line)) ?? "it gave no reason";

    // What a program printed without a line end stands before it.
    [GeneratedRegex(@"program (exited with status|\S+ returned) (?<status>-?[0-9]{1,9})$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Status();

    [GeneratedRegex(@"Uncaught signal (?<number>[0-9]{1,2}) ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Signal();
}
