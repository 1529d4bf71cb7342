using System.Text;
using VirtualBench.Guests.Linux;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>How a Linux guest ended: by the last line of our PID 1, or by the kernel's own last words.</summary>
internal sealed class LinuxGuestEnd : GuestConsoleEnd
{
    private static readonly byte[] Panic = "Kernel panic - not syncing"u8.ToArray();
    private GuestEnd? _report;
    private string? _panic;

    protected override InstanceEnd Judge(string otherwise) =>
        _panic is not null ? new InstanceEnd(null, "the guest's kernel panicked: " + _panic)
        : _report is not null ? new InstanceEnd(_report.ExitStatus, _report.Fault)
        : new InstanceEnd(null, otherwise);

    protected override void Take(ReadOnlySpan<byte> line)
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
