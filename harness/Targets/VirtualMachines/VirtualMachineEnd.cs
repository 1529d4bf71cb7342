using System.Text;
using VirtualBench.Guests.Linux;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>
/// Reads, from what passes over the console, how the guest ended: the last line of PID 1, or the kernel's own last words. Keeps one line at
/// a time, and of a long one the beginning.
/// </summary>
internal sealed class VirtualMachineEnd
{
    private const int LineLimit = 512;
    private static readonly byte[] Panic = "Kernel panic - not syncing"u8.ToArray();
    private readonly byte[] _line = new byte[LineLimit];
    private int _length;
    private GuestEnd? _report;
    private string? _panic;

    public void Receive(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var piece = end < 0 ? bytes : bytes[..end];
            var kept = piece[..Math.Min(piece.Length, LineLimit - _length)];
            kept.CopyTo(_line.AsSpan(_length));
            _length += kept.Length;
            if (end < 0)
            {
                return;
            }

            Take(_line.AsSpan(0, _length));
            _length = 0;
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>What the guest said; <paramref name="otherwise"/> is the fault when it said nothing.</summary>
    public InstanceEnd Conclude(string otherwise)
    {
        Take(_line.AsSpan(0, _length));
        _length = 0;
        return _panic is not null ? new InstanceEnd(null, "the guest's kernel panicked: " + _panic)
            : _report is not null ? new InstanceEnd(_report.ExitStatus, _report.Fault)
            : new InstanceEnd(null, otherwise);
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf(Panic) is >= 0 and var at)
        {
            _panic ??= ErrorTail.Clean(Encoding.Latin1.GetString(line[(at + Panic.Length)..]).TrimStart(':', ' ')) ?? "it gave no reason";
        }
        else if (line.StartsWith("VBINIT: "u8) && GuestEnd.TryParse(Encoding.Latin1.GetString(line), out var report))
        {
            // The last one counts: a program may print what it likes, PID 1 has the last word.
            _report = report;
        }
    }
}
