using System.Net.Sockets;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Described;

/// <summary>The host's end of a console that is not the engine's own standard output. Disposing it ends a wait for bytes.</summary>
internal abstract class ConsolePort : IDisposable
{
    /// <summary>How often to look whether the engine is still there.</summary>
    protected const int LookMs = 50;

    private const int BufferBytes = 64 * 1024;

    /// <summary>How long more is awaited when the engine has ended and the other end is still open.</summary>
    private const int StragglerMs = 250;

    /// <summary>Opens it, before the engine is started.</summary>
    /// <exception cref="TargetException">No socket can be made there.</exception>
    public static ConsolePort? Open(ConsoleSource source, string path) => source switch
    {
        ConsoleSource.Listen => new ListeningPort(path),
        ConsoleSource.Connect => new ConnectingPort(path),
        ConsoleSource.File => new FilePort(path),
        _ => null,
    };

    /// <summary>Reads on a thread of its own until the other end closes, or the engine has ended and nothing more comes.</summary>
    /// <param name="ended">The engine has ended.</param>
    public Task ReadAsync(IGuestConsole console, CancellationToken ended) =>
        Task.Factory.StartNew(() => Read(console, ended), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public virtual void Dispose()
    {
    }

    /// <returns>How many bytes came; 0 when none will come any more; null when none came within <see cref="LookMs"/>.</returns>
    protected abstract int? Receive(Span<byte> buffer, bool ended);

    private void Read(IGuestConsole console, CancellationToken ended)
    {
        var buffer = new byte[BufferBytes];
        for (long? quietSince = null; ;)
        {
            var hasEnded = ended.IsCancellationRequested;
            if (Receive(buffer, hasEnded) is not { } count)
            {
                quietSince = hasEnded ? quietSince ?? Environment.TickCount64 : null;
                if (Environment.TickCount64 - quietSince > StragglerMs)
                {
                    return;
                }
            }
            else if (count == 0)
            {
                return;
            }
            else
            {
                quietSince = null;
                console.Receive(buffer.AsSpan(0, count));
            }
        }
    }
}

/// <summary>One end of a stream socket. What was written is kept until it is read, also when the writer is gone.</summary>
internal abstract class SocketPort(string path) : ConsolePort
{
    private Socket? _connection;

    protected UnixDomainSocketEndPoint EndPoint { get; } = EndPointOf(path);

    protected static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <returns>Null when there is no connection yet.</returns>
    protected abstract Socket? TryConnect();

    public override void Dispose()
    {
        base.Dispose();
        _connection?.Dispose();
    }

    protected override int? Receive(Span<byte> buffer, bool ended)
    {
        if ((_connection ??= TryConnect()) is not { } connection)
        {
            return null;
        }

        try
        {
            return connection.Poll(TimeSpan.FromMilliseconds(LookMs), SelectMode.SelectRead) ? connection.Receive(buffer) : null;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }

    private static UnixDomainSocketEndPoint EndPointOf(string path)
    {
        try
        {
            return new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new TargetException($"the path of the console socket {path} is too long for one: set TMPDIR to a shorter path", e);
        }
    }
}

internal sealed class ListeningPort : SocketPort
{
    private readonly Socket _listener = NewSocket();

    public ListeningPort(string path)
        : base(path)
    {
        try
        {
            _listener.Bind(EndPoint);
            _listener.Listen(1);
        }
        catch (SocketException e)
        {
            _listener.Dispose();
            throw new TargetException($"no console socket can be made at {path}: {ErrorTail.Clean(e.Message)}", e);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _listener.Dispose();
    }

    protected override Socket? TryConnect() =>
        _listener.Poll(TimeSpan.FromMilliseconds(LookMs), SelectMode.SelectRead) ? _listener.Accept() : null;
}

internal sealed class ConnectingPort(string path) : SocketPort(path)
{
    protected override Socket? TryConnect()
    {
        var socket = NewSocket();
        try
        {
            socket.Connect(EndPoint);
            return socket;
        }
        catch (SocketException)
        {
            // Not there yet. A millisecond later is soon enough: what the guest says before is kept for the first who connects.
            socket.Dispose();
            Thread.Sleep(1);
            return null;
        }
    }
}

/// <summary>A file that grows. Looked at each millisecond, which is how exact its times are.</summary>
internal sealed class FilePort(string path) : ConsolePort
{
    private FileStream? _file;

    public override void Dispose()
    {
        base.Dispose();
        _file?.Dispose();
    }

    protected override int? Receive(Span<byte> buffer, bool ended)
    {
        if (_file is null && File.Exists(path))
        {
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }

        if (_file?.Read(buffer) is int count and > 0)
        {
            return count;
        }

        // Whoever wrote it has ended, so that this was the last of it.
        if (ended)
        {
            return 0;
        }

        Thread.Sleep(1);
        return null;
    }
}
