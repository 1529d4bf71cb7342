using System.Runtime.InteropServices;
using VirtualBench.Targets.Interop;

namespace VirtualBench.Targets.Processes;

/// <summary>A program to run with its output on a guest console.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Environment"><c>NAME=value</c>; nothing else is handed on.</param>
/// <param name="Processors">The host's processors that it starts on; empty: any.</param>
/// <param name="Label">The instance; part of the environment, by which what escaped is found.</param>
internal sealed record ProcessLaunch(
    string Path, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment, IReadOnlyList<int> Processors, string Label)
{
    /// <summary>Standard input and output are a terminal, for programs that want one, instead of nothing and a pipe.</summary>
    public bool OnTerminal { get; init; }

    /// <summary>When it is cancelled, the program and its process group get SIGTERM, and may take their time.</summary>
    public CancellationToken Terminate { get; init; }
}

/// <summary>How it ended.</summary>
/// <param name="StartError">C error number when it could not be executed, else 0.</param>
/// <param name="ErrorText">Last line of its standard error.</param>
internal sealed record ProcessOutcome(ProcessEnd End, int StartError, string? ErrorText);

/// <summary>Runs a program, reads its output with no delay between read() and console, and leaves no process of it behind.</summary>
internal static unsafe class GuestProcess
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>
    /// How long output is awaited after the program ended, when something that left its process group still holds the pipe.
    /// </summary>
    private const int StragglerMs = 250;

    /// <summary>How often to look whether the program ended although its pipes are open.</summary>
    private const int LookMs = 50;

    /// <summary>Runs on a thread of its own: pinning belongs to a thread, and a blocked read must not hold up others.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; everything has ended.</exception>
    public static Task<ProcessOutcome> RunAsync(ProcessLaunch launch, IGuestConsole console, CancellationToken cancellation)
    {
        var completion = new TaskCompletionSource<ProcessOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                var outcome = Run(launch, console, cancellation);
                if (cancellation.IsCancellationRequested)
                {
                    completion.SetCanceled(cancellation);
                }
                else
                {
                    completion.SetResult(outcome);
                }
            }
            catch (OperationCanceledException canceled)
            {
                completion.SetCanceled(canceled.CancellationToken);
            }
#pragma warning disable CA1031 // Whatever the console threw belongs to whoever awaits the run.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                completion.SetException(exception);
            }
        })
        { IsBackground = true, Name = "guest " + launch.Label };
        thread.Start();
        return completion.Task;
    }

    private static ProcessOutcome Run(ProcessLaunch launch, IGuestConsole console, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using IOutputChannel output = launch.OnTerminal ? new PseudoTerminal() : new UnixPipe();
        using var errors = new UnixPipe();
        ChildProcess? child;
        int startError;
        // Put back before reading: the reader must not share the guest's processor.
        using (ProcessorAffinity.Restrict(launch.Processors))
        {
            child = ChildProcess.Start(
                launch.Path, launch.Arguments, launch.Environment, launch.OnTerminal ? output.Writer : null, output.Writer, errors.Writer,
                out startError);
        }

        if (child is null)
        {
            return new ProcessOutcome(default, startError, null);
        }

        console.Phase("started");
        output.CloseWriter();
        errors.CloseWriter();
        var tail = new ErrorTail();
        var clean = false;
        ProcessEnd end = default;
        try
        {
            using (launch.Terminate.UnsafeRegister(_ => child.SignalGroup(Libc.Sigterm), null))
            using (cancellation.UnsafeRegister(_ => child.SignalGroup(Libc.Sigkill), null))
            {
                clean = ReadUntilEnded(child, output, errors, console, tail);
            }
        }
        finally
        {
            // Also when the console threw: the program must not go on.
            child.SignalGroup(Libc.Sigkill);
            end = child.Reap();
            if (!clean || cancellation.IsCancellationRequested)
            {
                InstanceProcesses.Kill(launch.Label);
            }
        }

        return new ProcessOutcome(end, 0, tail.LastLine());
    }

    /// <returns>False when somebody still held the pipes after the program had ended.</returns>
    private static bool ReadUntilEnded(
        ChildProcess child, IOutputChannel output, UnixPipe errors, IGuestConsole console, ErrorTail tail)
    {
        var buffer = new byte[BufferBytes];
        var sources = stackalloc Libc.PollDescriptor[2];
        sources[0] = new Libc.PollDescriptor { Descriptor = output.Reader, Events = Libc.PollIn };
        sources[1] = new Libc.PollDescriptor { Descriptor = errors.Reader, Events = Libc.PollIn };
        long? endedAt = null;
        var lookedAt = Environment.TickCount64;
        fixed (byte* bytes = buffer)
        {
            while (sources[0].Descriptor >= 0 || sources[1].Descriptor >= 0)
            {
                // A pipe that another process keeps open does not tell that the program ended, hence the time limit.
                var ready = Libc.Poll(sources, 2, LookMs);
                if (endedAt is null && Environment.TickCount64 - lookedAt >= LookMs)
                {
                    lookedAt = Environment.TickCount64;
                    endedAt = child.HasEnded() ? lookedAt : null;
                }

                if (ready > 0)
                {
                    if (sources[0].Returned != 0)
                    {
                        var count = Read(ref sources[0], bytes);
                        if (count > 0)
                        {
                            console.Receive(new ReadOnlySpan<byte>(bytes, count));
                        }
                    }

                    if (sources[1].Returned != 0)
                    {
                        var count = Read(ref sources[1], bytes);
                        tail.Add(new ReadOnlySpan<byte>(bytes, Math.Max(count, 0)));
                    }
                }

                if (endedAt is { } ended && Environment.TickCount64 - ended > StragglerMs)
                {
                    return false;
                }
            }
        }

        child.WaitUntilEnded();
        return true;
    }

    private static int Read(ref Libc.PollDescriptor source, byte* buffer)
    {
        var count = (int)Libc.Read(source.Descriptor, buffer, BufferBytes);
        if (count == 0 || (count < 0 && Marshal.GetLastPInvokeError() != Libc.ErrorInterrupted))
        {
            source.Descriptor = -1;
        }

        return count;
    }
}
