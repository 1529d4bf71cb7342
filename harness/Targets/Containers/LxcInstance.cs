using System.Text;
using VirtualBench.Guests.Linux;
using VirtualBench.Libvirt;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// One container of libvirt's LXC driver. Its programs have a terminal for their output, which mixes, changes and forgets; so three pipes
/// go with the request, which our PID 1 (container_init.c) puts where they belong: standard output, standard error, how the program ended.
/// </summary>
internal sealed class LxcInstance(Connection connection, string xml, LxcNetwork? network, IGuestConsole console) : IDisposable
{
    private readonly UnixPipe _output = new();
    private readonly UnixPipe _errors = new();
    private readonly UnixPipe _report = new();
    private readonly ConsoleInTurn _console = new(console);
    private Domain? _domain;
    private IReadOnlyList<string> _errorLines = [];
    private GuestEnd? _end;

    /// <returns>When the container is gone and nothing of it is left.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the container is gone.</exception>
    /// <exception cref="LibvirtException">It could not be started.</exception>
    public void Run(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        console.Phase("accepted");
        // Not on this thread: the first byte may come before libvirt has answered.
        var creating = Task.Run(Create, CancellationToken.None);
        var plugging = PlugAsync(creating, cancellation);
        var reader = new OutputReader(_output.Reader, _errors.Reader, _console);
        try
        {
            using var ending = cancellation.UnsafeRegister(_ => creating.ContinueWith(_ => Destroy(), TaskScheduler.Default), null);
            reader.ReadUntilEnded(static () => false); // the pipes close when the container ends, or was not made
        }
        finally
        {
            // Also when the console threw. libvirt returns when processes and control groups are gone.
            Task.WaitAny([creating], CancellationToken.None);
            Destroy();
            Task.WaitAny([plugging], CancellationToken.None);
        }

        cancellation.ThrowIfCancellationRequested();
        creating.GetAwaiter().GetResult();
        plugging.GetAwaiter().GetResult();
        _errorLines = reader.Errors.Lines();
        _end = ReadReport();
    }

    public InstanceEnd EndOf(Resources resources, bool killedForMemory)
    {
        var because = _errorLines is [.., var last] ? ": " + last : "";
        return _end switch
        {
            { Signal: Libc.Sigkill } when killedForMemory => OutOfMemory.Fault(resources),
            { Signal: { } signal } => new InstanceEnd(null, "killed by " + SignalName.Of(signal) + because),
            { } end => new InstanceEnd(end.ExitStatus, end.Fault),
            null when killedForMemory => OutOfMemory.Fault(resources),
            null => new InstanceEnd(null, "the container ended before its PID 1 could say how its program did" + because),
        };
    }

    public void Dispose()
    {
        _domain?.Dispose();
        _output.Dispose();
        _errors.Dispose();
        _report.Dispose();
    }

    private void Create()
    {
        try
        {
            int[] descriptors = [_output.Writer, _errors.Writer, _report.Writer];
            _domain = connection.Create(
                xml, network is null ? descriptors : [.. descriptors, network.Descriptor], StartOptions.AutoDestroy);
        }
        finally
        {
            // From here on the container has the only writing ends.
            _output.CloseWriter();
            _errors.CloseWriter();
            _report.CloseWriter();
            network?.CloseInside();
        }

        _console.Phase("started");
    }

    /// <summary>Ends the container when its link could not be put there, which it waits for.</summary>
    private async Task PlugAsync(Task creating, CancellationToken cancellation)
    {
        try
        {
            await (network?.PlugAsync(cancellation) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch
        {
            await creating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Destroy();
            throw;
        }
    }

    private void Destroy()
    {
        try
        {
            _domain?.Destroy();
        }
        catch (LibvirtException e) when (e.Code is ErrorCode.NoDomain or ErrorCode.OperationInvalid)
        {
            // It ended by itself.
        }
        catch (ObjectDisposedException)
        {
            // It ended, and everybody let go.
        }
    }

    private unsafe GuestEnd? ReadReport()
    {
        var text = new byte[1024];
        var length = 0;
        fixed (byte* bytes = text)
        {
            for (nint count; length < text.Length && (count = Libc.Read(_report.Reader, bytes + length, text.Length - length)) > 0;)
            {
                length += (int)count;
            }
        }

        GuestEnd? end = null;
        foreach (var line in Encoding.UTF8.GetString(text, 0, length).Split('\n'))
        {
            end = GuestEnd.TryParse(line, out var parsed) ? parsed : end;
        }

        return end;
    }

    /// <summary>The console takes one call at a time; two threads have something to tell it.</summary>
    private sealed class ConsoleInTurn(IGuestConsole console) : IGuestConsole
    {
        private readonly Lock _gate = new();

        public void Receive(ReadOnlySpan<byte> bytes)
        {
            lock (_gate)
            {
                console.Receive(bytes);
            }
        }

        public void Phase(string name)
        {
            lock (_gate)
            {
                console.Phase(name);
            }
        }
    }
}
