using Docker.DotNet;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>Hands a container's standard output to the console as it arrives, and keeps the end of its standard error.</summary>
internal sealed class DockerOutput(MultiplexedStream attached, IGuestConsole console)
{
    private const int BufferBytes = 64 * 1024;
    private readonly Lock _gate = new();
    private readonly ErrorTail _errors = new();

    public string? ErrorText => _errors.LastLine();

    /// <summary>Reads until the container's output ends.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            var read = await attached.ReadOutputAsync(buffer, 0, buffer.Length, cancellation).ConfigureAwait(false);
            if (read.EOF)
            {
                return;
            }

            if (read.Target == MultiplexedStream.TargetStream.StandardError)
            {
                _errors.Add(buffer.AsSpan(0, read.Count));
                continue;
            }

            lock (_gate)
            {
                console.Receive(buffer.AsSpan(0, read.Count));
            }
        }
    }

    /// <summary>The console takes one call at a time, and the first output may come before the daemon has answered the start.</summary>
    public void Phase(string name)
    {
        lock (_gate)
        {
            console.Phase(name);
        }
    }
}
