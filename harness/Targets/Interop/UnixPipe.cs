using System.Runtime.InteropServices;

namespace VirtualBench.Targets.Interop;

/// <summary>What a child writes to at one end and we read from at the other. Its descriptors no child inherits by accident.</summary>
internal interface IOutputChannel : IDisposable
{
    int Reader { get; }

    /// <summary>-1 once closed.</summary>
    int Writer { get; }

    void CloseWriter();
}

/// <summary>A pipe.</summary>
internal sealed unsafe class UnixPipe : IOutputChannel
{
    public UnixPipe()
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.CloseOnExec) < 0)
        {
            throw new TargetException("cannot make a pipe: " + Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        }

        Reader = ends[0];
        Writer = ends[1];
    }

    public int Reader { get; private set; }

    /// <summary>-1 once closed.</summary>
    public int Writer { get; private set; }

    public void CloseReader() => Reader = Close(Reader);

    public void CloseWriter() => Writer = Close(Writer);

    public void Dispose()
    {
        CloseReader();
        CloseWriter();
    }

    /// <returns>-1.</returns>
    internal static int Close(int descriptor)
    {
        if (descriptor >= 0)
        {
            _ = Libc.Close(descriptor);
        }

        return -1;
    }
}
