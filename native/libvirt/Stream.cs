using VirtualBench.Libvirt.Interop;

namespace VirtualBench.Libvirt;

/// <summary>
/// A stream of bytes from and to a domain, e.g. its console. Its calls block; to end one from outside, end what it is connected to
/// (<see cref="Domain.Destroy"/>).
/// </summary>
public sealed class Stream : IDisposable
{
    internal Stream(StreamHandle handle) => Handle = handle;

    internal StreamHandle Handle { get; }

    /// <summary>Waits for bytes and copies those that are there.</summary>
    /// <returns>How many; 0 at the end of the stream.</returns>
    public unsafe int Receive(Span<byte> buffer)
    {
        int count;
        fixed (byte* bytes = buffer)
        {
            count = LibvirtNative.virStreamRecv(Handle, bytes, (nuint)buffer.Length);
        }

        if (count >= 0)
        {
            return count;
        }

        var error = LibvirtException.FromLastError(nameof(LibvirtNative.virStreamRecv));
        return IsHangUp(error) ? 0 : throw error;
    }

    /// <summary>Sends all bytes, waiting as long as the other end takes none.</summary>
    public unsafe void Send(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            fixed (byte* bytes = data)
            {
                data = data[LibvirtException.Check(
                    LibvirtNative.virStreamSend(Handle, bytes, (nuint)data.Length), nameof(LibvirtNative.virStreamSend))..];
            }
        }
    }

    /// <summary>Ends the stream in order: fails when the other end broke off.</summary>
    public void Finish() => LibvirtException.Check(LibvirtNative.virStreamFinish(Handle), nameof(LibvirtNative.virStreamFinish));

    /// <summary>Ends the stream at once, whatever is still on its way.</summary>
    public void Abort() => LibvirtException.Check(LibvirtNative.virStreamAbort(Handle), nameof(LibvirtNative.virStreamAbort));

    /// <summary>Aborts the stream when it was neither finished nor aborted.</summary>
    public void Dispose() => Handle.Dispose();

    /// <summary>
    /// A console is a pseudo-terminal, and Linux reports that its other end is gone (here: the guest ended) as EIO; libvirt passes it on.
    /// What had not been read by then the kernel has thrown away.
    /// </summary>
    private static bool IsHangUp(LibvirtException error)
    {
        const int InputOutputError = 5; // EIO
        return error.Domain == ErrorDomain.Streams && error.SystemError == InputOutputError;
    }
}
