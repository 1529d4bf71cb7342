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

    /// <summary>The network namespace that it starts in; null: ours.</summary>
    public NetworkNamespace? Network { get; init; }

    /// <summary>When it is cancelled, the program and its process group get SIGTERM, and may take their time.</summary>
    public CancellationToken Terminate { get; init; }
}

/// <summary>How it ended.</summary>
/// <param name="StartError">C error number when it could not be executed, else 0.</param>
/// <param name="ErrorLines">The last lines of its standard error.</param>
internal sealed record ProcessOutcome(ProcessEnd End, int StartError, IReadOnlyList<string> ErrorLines)
{
    public string? ErrorText => ErrorLines is [.., var last] ? last : null;

    /// <summary>Why it could not be executed, one line; null when it could.</summary>
    /// <param name="program">As the line names it.</param>
    public string? WhyNotStarted(string program) =>
        StartError == 0 ? null : $"cannot execute {program}: {Marshal.GetPInvokeErrorMessage(StartError)}";
}

/// <summary>Runs a program, reads its output with no delay between read() and console, and leaves no process of it behind.</summary>
internal static class GuestProcess
{
    /// <summary>Runs on a thread of its own: pinning belongs to a thread, and a blocked read must not hold up others.</summary>
    /// <param name="isOver">Asked after each piece of output: true ends the program, which would not end by itself.</param>
    /// <exception cref="OperationCanceledException">Cancelled; everything has ended.</exception>
    public static Task<ProcessOutcome> RunAsync(
        ProcessLaunch launch, IGuestConsole console, CancellationToken cancellation, Func<bool>? isOver = null)
    {
        var completion = new TaskCompletionSource<ProcessOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                var outcome = Run(launch, console, isOver, cancellation);
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

    private static ProcessOutcome Run(
        ProcessLaunch launch, IGuestConsole console, Func<bool>? isOver, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using IOutputChannel output = launch.OnTerminal ? new PseudoTerminal() : new UnixPipe();
        using var errors = new UnixPipe();
        ChildProcess? child;
        int startError;
        // Put back before reading: the reader must not share the guest's processor.
        using (ProcessorAffinity.Restrict(launch.Processors))
        using (launch.Network?.Enter())
        {
            child = ChildProcess.Start(
                launch.Path, launch.Arguments, launch.Environment, launch.OnTerminal ? output.Writer : null, output.Writer, errors.Writer,
                out startError);
        }

        if (child is null)
        {
            return new ProcessOutcome(default, startError, []);
        }

        console.Phase("started");
        output.CloseWriter();
        errors.CloseWriter();
        var reader = new OutputReader(output.Reader, errors.Reader, console);
        var clean = false;
        ProcessEnd end = default;
        try
        {
            using (launch.Terminate.UnsafeRegister(_ => child.SignalGroup(Libc.Sigterm), null))
            using (cancellation.UnsafeRegister(_ => child.SignalGroup(Libc.Sigkill), null))
            {
                clean = reader.ReadUntilEnded(child.HasEnded, isOver);
                if (clean)
                {
                    child.WaitUntilEnded();
                }
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

        return new ProcessOutcome(end, 0, reader.Errors.Lines());
    }
}
