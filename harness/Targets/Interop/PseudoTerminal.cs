using System.Runtime.InteropServices;

namespace VirtualBench.Targets.Interop;

/// <summary>
/// A terminal that hands on every byte as it is. Reading fails with EIO when the last who had the other end open has closed it; what was
/// written before is read first.
/// </summary>
internal sealed unsafe class PseudoTerminal : IOutputChannel
{
    private const int NameBytes = 128;

    public PseudoTerminal()
    {
        var name = stackalloc byte[NameBytes];
        Reader = Libc.OpenTerminal(Libc.OpenReadWrite | Libc.OpenNoControllingTerminal | Libc.CloseOnExec);
        if (Reader < 0 || Libc.GrantTerminal(Reader) < 0 || Libc.UnlockTerminal(Reader) < 0
            || Libc.TerminalName(Reader, name, NameBytes) != 0
            || (Writer = Libc.Open(name, Libc.OpenReadWrite | Libc.OpenNoControllingTerminal | Libc.CloseOnExec)) < 0)
        {
            var why = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            Dispose();
            throw new TargetException("cannot make a terminal: " + why);
        }

        var settings = stackalloc byte[Libc.TerminalSettingsBytes];
        if (Libc.GetTerminalSettings(Writer, settings) == 0)
        {
            // No echo, and a line end stays the one byte that the guest wrote.
            Libc.MakeRaw(settings);
            _ = Libc.SetTerminalSettings(Writer, 0, settings);
        }
    }

    public int Reader { get; private set; }

    public int Writer { get; private set; } = -1;

    public void CloseWriter() => Writer = UnixPipe.Close(Writer);

    public void Dispose()
    {
        CloseWriter();
        Reader = UnixPipe.Close(Reader);
    }
}
