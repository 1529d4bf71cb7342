using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtualBench.Targets.Interop;

namespace VirtualBench.Tests.Networks;

/// <summary>Sockets in a network namespace: one stays in that in which it was made.</summary>
internal static class Tcp
{
    public const int Port = 7000;

    /// <summary>Listens on all addresses of a namespace; null: ours.</summary>
    /// <param name="port">0: any that is free.</param>
    public static async Task<Socket> ListenAsync(NetworkNamespace? where, int port)
    {
        Socket Listen()
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            socket.Listen();
            return socket;
        }

        return where is null ? Listen() : await where.RunAsync(Listen);
    }

    public static int PortOf(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>Sends a text to the first who connects.</summary>
    public static async Task AnswerAsync(Socket listener, string text, CancellationToken cancellation)
    {
        using var connection = await listener.AcceptAsync(cancellation);
        await connection.SendAsync(Encoding.ASCII.GetBytes(text), cancellation);
        connection.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Connects out of a namespace and reads all that comes.</summary>
    public static async Task<string> FetchAsync(NetworkNamespace from, string host, int port, CancellationToken cancellation)
    {
        using var client = await from.RunAsync(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await client.ConnectAsync(IPAddress.Parse(host), port, cancellation);
        using var reader = new StreamReader(new NetworkStream(client));
        return await reader.ReadToEndAsync(cancellation);
    }

    /// <summary>The links of the calling thread's namespace, sorted.</summary>
    public static IReadOnlyList<string> LinksHere() =>
    [
        .. File.ReadLines("/proc/thread-self/net/dev").Skip(2).Select(line => line.Split(':')[0].Trim()).Order(StringComparer.Ordinal),
    ];
}
