namespace VirtualBench.Targets.VirtualMachines;

/// <summary>
/// Reads, from what passes over a console, how the guest ended: each kind of guest says it in words of its own. Keeps one line at a time,
/// and of a long one the beginning.
/// </summary>
internal abstract class GuestConsoleEnd
{
    /// <summary>What is kept of a line, in bytes.</summary>
    protected const int LineLimit = 512;


    private readonly byte[] _line = new byte[LineLimit];
    private int _length;

    /// <summary>The guest has said its last word and will not end by itself: whoever runs it ends it now.</summary>
    public virtual bool IsOver => false;

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

            TakeLine();
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>What the guest said; <paramref name="otherwise"/> is the fault when it said nothing.</summary>
    public InstanceEnd Conclude(string otherwise)
    {
        TakeLine();
        return Judge(otherwise);
    }

    /// <summary>One line, without its end.</summary>
    protected abstract void Take(ReadOnlySpan<byte> line);

    protected abstract InstanceEnd Judge(string otherwise);

    private void TakeLine()
    {
        var length = _length;
        _length = 0;
        Take(_line.AsSpan(0, length).TrimEnd((byte)'\r'));
    }
}
