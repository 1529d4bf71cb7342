using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>
/// How a program on Rumprun ended, by what Rumprun says of it; QEMU goes on for ever. By its sources (librumprun_base's rumprun.c,
/// syscall_misc.c and _lwp.c; platform/hw's kernel.c and arch/amd64):
/// <list type="bullet">
/// <item><c>=== main() of "NAME" returned N ===</c>, <c>=== ERROR: _exit(N) called ===</c>, <c>=== _exit(0) called ===</c>: its status;</item>
/// <item><c>_lwpabort() called</c>: it called abort, and Rumprun calls <c>_exit(1)</c> for it;</item>
/// <item>a line, and after it <c>=== bootstrap failed</c>: it was not started, and the line says why;</item>
/// <item><c>panic: WHY</c>: the rump kernel cannot go on; <c>PANIC: WHY</c>: nor can what is below it;</item>
/// <item><c>FATAL TRAP: WHAT at WHERE</c>, <c>trap: #WHAT</c>: the processor refused an instruction, and nothing follows;</item>
/// <item><c>halted</c>: the last word.</item>
/// </list>
/// </summary>
internal sealed partial class RumprunEnd : GuestConsoleEnd
{
    private readonly byte[] _lastWords = new byte[LineLimit];
    private int _lastLength;
    private int? _status;
    private string? _fault;
    private bool _isOver;

    public override bool IsOver => _isOver;

    protected override InstanceEnd Judge(string otherwise) =>
        _fault is not null ? new InstanceEnd(null, _fault)
        : _status is not null ? new InstanceEnd(_status, null)
        : new InstanceEnd(null, otherwise);

    protected override void Take(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return;
        }

        if (line.StartsWith("=== bootstrap failed"u8))
        {
            _fault ??= "Rumprun could not start the program: " + Text(_lastWords.AsSpan(0, _lastLength));
        }
        else if (line.StartsWith("=== "u8) && Status().Match(Encoding.Latin1.GetString(line)) is { Success: true } status)
        {
            _status = int.Parse(status.Groups["status"].ValueSpan, CultureInfo.InvariantCulture) & 0xFF;
        }
        else if (line.SequenceEqual("halted"u8))
        {
            _isOver = true;
            _fault ??= _status is null ? "Rumprun halted before its program had ended" : null;
        }
        else
        {
            TakeFault(line);
        }

        line.CopyTo(_lastWords);
        _lastLength = line.Length;
    }

    // These come when they come: what the program printed without a line end may stand before them.
    private void TakeFault(ReadOnlySpan<byte> line)
    {
        if (line.EndsWith("_lwpabort() called"u8))
        {
            _fault ??= "the program aborted";
        }
        else if (After(line, "FATAL TRAP: "u8) is { } trap)
        {
            _fault ??= "the program was stopped by a trap: " + trap;
            _isOver = true;
        }
        else if (After(line, "PANIC: "u8) is { } panic)
        {
            _fault ??= "Rumprun panicked: " + panic;
            _isOver = true;
        }
        else if (After(line, "panic: "u8) is { } kernel)
        {
            _fault ??= "the rump kernel panicked: " + kernel;
        }
        else if (line.StartsWith("trap: #"u8))
        {
            _fault ??= "the program was stopped by a " + Text(line);
            _isOver = true;
        }
    }

    private static string? After(ReadOnlySpan<byte> line, ReadOnlySpan<byte> words) =>
        line.IndexOf(words) is >= 0 and var at ? Text(line[(at + words.Length)..]) : null;

    private static string Text(ReadOnlySpan<byte> line) => ErrorTail.Clean(Encoding.Latin1.GetString(line)) ?? "it gave no reason";

    [GeneratedRegex(@"^=== (main\(\) of "".*"" returned (?<status>-?[0-9]{1,9})|(ERROR: )?_exit\((?<status>-?[0-9]{1,9})\) called) ===$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Status();
}
