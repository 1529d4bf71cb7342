using System.Net.Sockets;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// Puts a link into a container of libvirt's LXC driver, which makes the network namespace itself, in a daemon with processes and files of
/// its own: a socket goes with the request, on which our PID 1 (container_init.c) hands the namespace over and waits for the link.
/// </summary>
internal sealed class LxcNetwork : IAsyncDisposable
{
    private readonly NamespaceLink _link;
    private readonly DescriptorSocket _socket;
    private readonly Socket _inside = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private MovedLink? _moved;

    /// <param name="directory">Where the socket is made.</param>
    public LxcNetwork(NamespaceLink link, string directory)
    {
        var path = Path.Combine(directory, "network");
        _link = link;
        _socket = new DescriptorSocket(path);
        _inside.Connect(new UnixDomainSocketEndPoint(path));
    }

    /// <summary>The end that goes with the request.</summary>
    public int Descriptor => (int)_inside.Handle;

    /// <summary>Closes our copy of <see cref="Descriptor"/>: from here on the container has the only one.</summary>
    public void CloseInside() => _inside.Dispose();

    /// <summary>Moves the link in and lets the container go on.</summary>
    /// <exception cref="TargetException">It could not be moved, or the container ended.</exception>
    public async Task PlugAsync(CancellationToken cancellation)
    {
        var place = NetworkNamespace.Of(await _socket.ReceiveAsync(cancellation).ConfigureAwait(false));
        _moved = await MovedLink.MoveAsync(_link, place, cancellation).ConfigureAwait(false);
        _socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        _inside.Dispose();
        _socket.Dispose();
        if (_moved is not null)
        {
            await _moved.DisposeAsync().ConfigureAwait(false);
        }
    }
}
