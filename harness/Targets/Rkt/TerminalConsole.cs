namespace VirtualBench.Targets.Rkt;

/// <summary>
/// Undoes what a terminal does to output (ONLCR): it puts a carriage return before each line feed. Taking one away there gives back exactly
/// what was written, for it adds one also where the guest wrote its own.
/// </summary>
internal sealed class TerminalConsole(IGuestConsole console) : IGuestConsole
{
    private bool _held; // a carriage return that may belong to a line feed to come

    public void Receive(ReadOnlySpan<byte> bytes)
    {
        var written = new byte[bytes.Length + 1];
        var count = 0;
        foreach (var b in bytes)
        {
            if (_held && b != '\n')
            {
                written[count++] = (byte)'\r';
            }

            _held = b == '\r';
            if (!_held)
            {
                written[count++] = b;
            }
        }

        if (count > 0)
        {
            console.Receive(written.AsSpan(0, count));
        }
    }

    public void Phase(string name) => console.Phase(name);

    /// <summary>Nothing more comes.</summary>
    public void Complete()
    {
        if (_held)
        {
            console.Receive("\r"u8);
        }

        _held = false;
    }
}
