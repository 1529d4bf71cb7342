using System.Net.Sockets;
using VirtualBench.Libvirt;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>The host's end of a virtual machine's serial port. Used by one thread; its calls block.</summary>
internal interface IVirtualMachineConsole : IDisposable
{
    /// <summary>The host's end of the serial port in the domain's description: the opening of a <c>serial</c> element.</summary>
    string SourceXml { get; }

    /// <summary>Called when the machine exists and has not run yet.</summary>
    void Attach(Connection connection, Domain domain);

    /// <returns>How many bytes came; 0 when the machine is gone.</returns>
    int Receive(Span<byte> buffer);
}

/// <summary>
/// A socket in the file system that QEMU connects to while it starts. Unlike a pseudo-terminal, whose content the kernel throws away when
/// QEMU ends, a socket keeps what was written until it is read: the last line of a guest arrives however late we get to run.
/// </summary>
internal sealed class SocketConsole : IVirtualMachineConsole
{
    private readonly string _path;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private Socket? _connection;

    /// <exception cref="TargetException">The path is too long for a socket, or cannot be made.</exception>
    public SocketConsole(string path)
    {
        _path = path;
        try
        {
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            _listener.Listen(1);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or SocketException)
        {
            _listener.Dispose();
            throw new TargetException($"no console socket at {path}: {ErrorTail.Clean(e.Message)}; set TMPDIR to a shorter path", e);
        }
    }

    public string SourceXml => VirtualMachineModel.SocketSource(_path);

    public void Attach(Connection connection, Domain domain) => _connection = _listener.Accept(); // QEMU has connected before it was there

    public int Receive(Span<byte> buffer)
    {
        try
        {
            return _connection!.Receive(buffer);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _listener.Dispose();
    }
}

/// <summary>
/// A stream through libvirt, for a driver that is elsewhere. What has not been read when QEMU ends is lost; the transcript's checksum
/// tells.
/// </summary>
internal sealed class StreamConsole : IVirtualMachineConsole
{
    private Libvirt.Stream? _stream;

    public string SourceXml => VirtualMachineModel.TerminalSource;

    public void Attach(Connection connection, Domain domain)
    {
        _stream = connection.OpenStream();
        domain.OpenConsole(_stream);
    }

    public int Receive(Span<byte> buffer) => _stream!.Receive(buffer);

    public void Dispose() => _stream?.Dispose();
}
