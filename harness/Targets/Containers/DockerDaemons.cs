using System.Net.Sockets;
using Docker.DotNet;

namespace VirtualBench.Targets.Containers;

/// <summary>A daemon that answered.</summary>
/// <param name="Private">Ours, and gone with the run.</param>
internal sealed record DockerDaemon(DockerClient Client, string Endpoint, bool Private);

/// <summary>
/// The one daemon that all docker targets of a run use: the user's when it answers, else one of our own, started at first need and ended
/// with the run. (Ending it when the last target lets go would start it once for each target that is tried.)
/// </summary>
internal sealed class DockerDaemons(TargetSession session) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private DockerDaemon? _daemon;
    private PrivateDockerDaemon? _own;

    /// <summary>Where the user's daemon listens, or would.</summary>
    public static string UserEndpoint => Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } chosen
        ? chosen
        : "unix:///var/run/docker.sock";

    /// <exception cref="TargetException">There is none and none can be started; says why and what to do.</exception>
    public async Task<DockerDaemon> GetAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return _daemon ??= await ConnectAsync(UserEndpoint, isPrivate: false, cancellation).ConfigureAwait(false)
                ?? await StartOwnAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Whether <see cref="GetAsync"/> has something to use: a daemon that answers, or what it takes to start one.</summary>
    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        try
        {
            if (await ConnectAsync(UserEndpoint, isPrivate: false, cancellation).ConfigureAwait(false) is { } daemon)
            {
                using (daemon.Client)
                {
                    var version = await daemon.Client.System.GetVersionAsync(cancellation).ConfigureAwait(false);
                    return new Availability(true, $"Docker {version.Version}");
                }
            }
        }
        catch (TargetException e)
        {
            return new Availability(false, null, e.Message);
        }

        return PrivateDockerDaemon.WhyNot(session) is { } missing
            ? missing
            : new Availability(true, null, "no daemon answers; a private one is started when needed");
    }

    /// <summary>Connects to a daemon; null when nobody listens there.</summary>
    /// <exception cref="TargetException">It listens but will not have us, or is not on this host.</exception>
    public static async Task<DockerDaemon?> ConnectAsync(string endpoint, bool isPrivate, CancellationToken cancellation)
    {
        if (!endpoint.StartsWith("unix://", StringComparison.Ordinal))
        {
            throw new TargetException(
                $"DOCKER_HOST={endpoint} need not be this machine, so its figures could not be set beside this machine's: "
                    + "use unix:///PATH");
        }

        // No time limit of the client's own: waiting for a container lasts as long as its probes.
        var client = new DockerClientBuilder().WithEndpoint(new Uri(endpoint)).WithTimeout(Timeout.InfiniteTimeSpan).Build();
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(TimeSpan.FromSeconds(5));
            await client.System.PingAsync(limit.Token).ConfigureAwait(false);
            return new DockerDaemon(client, endpoint, isPrivate);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            client.Dispose();
            return SocketErrorOf(exception) switch
            {
                SocketError.AccessDenied => throw new TargetException(
                    $"no permission on the Docker socket {endpoint}: sudo usermod -aG docker $USER, then log in again", exception),
                _ when isPrivate || Environment.GetEnvironmentVariable("DOCKER_HOST") is not { Length: > 0 } => null,
                _ => throw new TargetException(
                    $"no Docker daemon answers at DOCKER_HOST={endpoint}: start it or unset DOCKER_HOST", exception),
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        _daemon?.Client.Dispose();
        _daemon = null;
        if (_own is not null)
        {
            await _own.DisposeAsync().ConfigureAwait(false);
            _own = null;
        }
    }

    private static SocketError? SocketErrorOf(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is SocketException socket)
            {
                return socket.SocketErrorCode;
            }
        }

        return null;
    }

    private async Task<DockerDaemon> StartOwnAsync(CancellationToken cancellation)
    {
        _own ??= PrivateDockerDaemon.Start(session);
        try
        {
            return await _own.ConnectAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            await _own.DisposeAsync().ConfigureAwait(false);
            _own = null;
            throw;
        }
    }
}
