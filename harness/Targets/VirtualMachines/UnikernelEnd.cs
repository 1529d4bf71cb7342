using System.Globalization;
using System.Text;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>
/// How our unikernel ended. Its last line is <c>VBUNIKERNEL: exit N</c>; before it, when it could not go on,
/// <c>VBUNIKERNEL: fault: ...</c>.
/// </summary>
internal sealed class UnikernelEnd : GuestConsoleEnd
{
    private static readonly byte[] Exit = "VBUNIKERNEL: exit "u8.ToArray();
    private static readonly byte[] Fault = "VBUNIKERNEL: fault: "u8.ToArray();
    private int? _status;
    private string? _fault;

    protected override void Take(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith(Fault))
        {
            _fault ??= ErrorTail.Clean(Encoding.Latin1.GetString(line[Fault.Length..])) ?? "it gave no reason";
        }
        else if (line.StartsWith(Exit)
            && int.TryParse(line[Exit.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            _status = status;
        }
    }

    protected override InstanceEnd Judge(string otherwise) =>
        _fault is not null ? new InstanceEnd(null, "the unikernel stopped: " + _fault)
        : _status is not null ? new InstanceEnd(_status, null)
        : new InstanceEnd(null, otherwise);
}
