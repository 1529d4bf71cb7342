using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using VirtualBench.Targets.Processes;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Targets.Described;

/// <summary>How a guest ended, by lines that the description knows.</summary>
/// <param name="init">Our PID 1 runs in the guest: what it and its kernel say counts where the description says nothing.</param>
internal sealed class DescribedGuestEnd(EngineEnd end, bool init) : GuestConsoleEnd
{
    private readonly LinuxGuestEnd? _init = init ? new LinuxGuestEnd() : null;
    private int? _status;
    private string? _fault;
    private bool _over;

    public override bool IsOver => _over;

    /// <summary>Whether the console tells the program's exit status; else that of the start command is it.</summary>
    public bool TellsStatus => end.Status is not null || _init is not null;

    /// <summary>Whether a line was a fault.</summary>
    public bool IsFault => _fault is not null;

    /// <summary>The fault that a line is; null when it is none.</summary>
    public string? FaultIn(string? line) =>
        line is not null && end.Faults.Any(fault => fault.IsMatch(line)) ? ErrorTail.Clean(line) : null;

    protected override void Take(ReadOnlySpan<byte> line)
    {
        _init?.Receive([.. line, (byte)'\n']);
        if (end.Status is null && end.Over is null && end.Faults.Count == 0)
        {
            return;
        }

        var text = Encoding.Latin1.GetString(line);
        _fault ??= FaultIn(text);
        _over |= end.Over?.IsMatch(text) == true;
        if (end.Status?.Match(text) is { Success: true } match)
        {
            // The last one counts: a program may print what it likes, what runs it has the last word.
            ReadStatus(match.Groups["status"].Value);
        }
    }

    protected override InstanceEnd Judge(string otherwise) =>
        _fault is not null ? new InstanceEnd(null, _fault)
        : _status is not null ? new InstanceEnd(_status, null)
        : _init?.Conclude(otherwise) ?? new InstanceEnd(null, otherwise);

    private void ReadStatus(string text)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var status))
        {
            _status = status;
        }
        else
        {
            _fault ??= $"end.status found '{ErrorTail.Clean(text)}', which is no exit status";
        }
    }
}
