using System.Net.Sockets;
using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace VirtualBench.Targets.Interop;

/// <summary>
/// A UNIX socket on which one process hands us a descriptor (SCM_RIGHTS), from whatever namespaces it is in, and learns by its closing that
/// we are done or dead.
/// </summary>
internal sealed class DescriptorSocket : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private Socket? _sender;

    /// <param name="path">Nothing is there yet.</param>
    /// <exception cref="TargetException">The path is too long for a socket, or cannot be written.</exception>
    public DescriptorSocket(string path)
    {
        try
        {
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            _listener.Listen(1);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            _listener.Dispose();
            throw new TargetException($"cannot make the socket {path}: {e.Message}; set TMPDIR to a short path", e);
        }
    }

    /// <summary>Waits for the process, and takes its descriptor.</summary>
    /// <returns>The descriptor, which no child inherits and which the caller closes.</returns>
    /// <exception cref="TargetException">What it sent holds none.</exception>
    public async Task<int> ReceiveAsync(CancellationToken cancellation)
    {
        _sender = await _listener.AcceptAsync(cancellation).ConfigureAwait(false);
        // An empty read waits until there is something, and takes nothing of it.
        await _sender.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellation).ConfigureAwait(false);
        return Receive((int)_sender.Handle);
    }

    public void Dispose()
    {
        _sender?.Dispose();
        _listener.Dispose();
    }

    private static unsafe int Receive(int socket)
    {
        byte content;
        var message = new Msghdr
        {
            msg_iov = [new Iovec { iov_base = (nint)(&content), iov_len = 1 }],
            msg_iovlen = 1,
            msg_control = new byte[Syscall.CMSG_SPACE(sizeof(int))],
        };
        message.msg_controllen = message.msg_control.Length;
        var got = Syscall.recvmsg(socket, message, MessageFlags.MSG_CMSG_CLOEXEC | MessageFlags.MSG_DONTWAIT);
        if (got == 1 && Syscall.CMSG_FIRSTHDR(message) is >= 0 and var offset)
        {
            var header = Cmsghdr.ReadFromBuffer(message, offset);
            if (header.cmsg_level == UnixSocketProtocol.SOL_SOCKET && header.cmsg_type == UnixSocketControlMessage.SCM_RIGHTS)
            {
                return MemoryMarshal.Read<int>(message.msg_control.AsSpan((int)Syscall.CMSG_DATA(message, offset)));
            }
        }

        throw new TargetException("the process that should hand a descriptor over sent something else");
    }
}
