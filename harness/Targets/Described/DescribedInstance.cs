using System.Globalization;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Described;

/// <summary>One start of an engine that a file describes, from its first process to the last.</summary>
/// <param name="init">Our PID 1 runs in the guest.</param>
/// <param name="values">Everything that is known of this start.</param>
/// <param name="environment"><c>NAME=value</c> of all its commands.</param>
internal sealed class DescribedInstance(
    EngineDescription engine, CommandTemplate start, bool init, Launch launch, PlaceholderValues values, IReadOnlyList<string> environment)
{
    private readonly DescribedGuestEnd _end = new(engine.End, init);
    private readonly EngineCommand? _stop = engine.Stop.Command?.Fill(values);

    /// <summary>What has to be done afterwards, whatever becomes of it.</summary>
    public CleaningOrder Order(TargetName name) => new(
        name.ToString(), launch.Label, _stop, [.. engine.Clean.Select(command => command.Fill(values))], environment,
        engine.CleanLimit.TotalSeconds);

    /// <summary>Runs the guest; when this returns or throws, the start command and all that it left running have ended.</summary>
    /// <exception cref="TargetException">The start command cannot be executed.</exception>
    public async Task<InstanceEnd> RunAsync(IGuestConsole console, CancellationToken cancellation)
    {
        var command = start.Fill(values);
        using var over = new CancellationTokenSource();
        var watched = new WatchedConsole(console, _end, over.Cancel);
        using var port = ConsolePort.Open(engine.Console.Source, values.Values["console"]);
        using var terminate = new CancellationTokenSource();
        using var kill = new CancellationTokenSource();
        using var gone = new CancellationTokenSource();
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(cancellation, over.Token);

        var isOwn = engine.Console.Source is ConsoleSource.Stdout or ConsoleSource.Terminal;
        var log = new EngineLog(console, engine.Detached);
        if (!engine.Detached)
        {
            console.Phase("accepted");
        }

        var process = GuestProcess.RunAsync(
            command.Launch(environment, launch.Resources.HostCpus, launch.Label) with
            {
                Terminate = terminate.Token, OnTerminal = engine.Console.Source == ConsoleSource.Terminal,
                Network = launch.Link?.Namespace,
            },
            isOwn ? watched : log, kill.Token);
        var reading = isOwn ? Task.CompletedTask : ReadAsync(process, port, watched, console, gone.Token);
        var attending = AttendAsync(process, reading, gone);
        var both = Task.WhenAll(process, reading);
        try
        {
            var ending = Task.Delay(Timeout.Infinite, wake.Token);
            if (await Task.WhenAny(attending, ending).ConfigureAwait(false) != attending || attending.IsFaulted)
            {
                await StopAsync(both, terminate).ConfigureAwait(false);
            }
        }
        finally
        {
            kill.Cancel();
            gone.Cancel();
            await both.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (engine.Detached || !attending.IsCompletedSuccessfully)
            {
                InstanceProcesses.Kill(launch.Label);
            }

            if (values.Values.ContainsKey("bundle"))
            {
                ControlGroups.Remove(launch.Label);
            }
        }

        if (both.Exception?.InnerExceptions.FirstOrDefault(e => e is not OperationCanceledException) is { } failure)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        cancellation.ThrowIfCancellationRequested();
        return EndOf(process.IsCompletedSuccessfully ? await process.ConfigureAwait(false) : null, watched.ReceivedAny, log.LastLine());
    }

    /// <summary>The console of a start whose output is not the console: a socket, a file, or another command's output.</summary>
    private async Task ReadAsync(
        Task<ProcessOutcome> process, ConsolePort? port, WatchedConsole watched, IGuestConsole console, CancellationToken gone)
    {
        var reading = port?.ReadAsync(watched, gone) ?? Task.CompletedTask;
        try
        {
            if (engine.Detached && await process.ConfigureAwait(false) is { StartError: 0, End.Status: 0 })
            {
                console.Phase("accepted");
                if (engine.Console.Command?.Fill(values) is { } command)
                {
                    await GuestProcess.RunAsync(command.Launch(environment, [], launch.Label), watched, gone).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await reading.ConfigureAwait(false);
        }
    }

    /// <summary>Until the guest has ended by itself, or something broke.</summary>
    private async Task AttendAsync(Task<ProcessOutcome> process, Task reading, CancellationTokenSource gone)
    {
        if (await Task.WhenAny(process, reading).ConfigureAwait(false) == reading)
        {
            await reading.ConfigureAwait(false);
        }

        var outcome = await process.ConfigureAwait(false);
        if (!engine.Detached || outcome is not { StartError: 0, End.Status: 0 })
        {
            gone.Cancel();
        }

        await reading.ConfigureAwait(false);
    }

    /// <summary>Ends the guest: the user's command, then SIGTERM; what is left after that is killed.</summary>
    private async Task StopAsync(Task both, CancellationTokenSource terminate)
    {
        if (_stop is not null)
        {
            try
            {
                await _stop.RunAsync(environment, launch.Label, engine.Stop.Grace, CancellationToken.None).ConfigureAwait(false);
                await AwaitAsync(both).ConfigureAwait(false);
            }
            catch (TargetException) when (!engine.Detached)
            {
                // Signals end what is ours without it.
            }
        }

        terminate.Cancel();
        await AwaitAsync(both).ConfigureAwait(false);
    }

    private async Task AwaitAsync(Task both)
    {
        using var limit = new CancellationTokenSource();
        await Task.WhenAny(both, Task.Delay(engine.Stop.Grace, limit.Token)).ConfigureAwait(false);
        limit.Cancel();
    }

    /// <param name="outcome">Of the start command; null when it had to be killed after the guest's last word.</param>
    private InstanceEnd EndOf(ProcessOutcome? outcome, bool saidAnything, string? logged)
    {
        if (outcome?.StartError is { } error and not 0)
        {
            throw new TargetException(
                $"start: {start.Words[0]} cannot be executed: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}");
        }

        var errorText = outcome?.ErrorText ?? logged;
        var because = errorText is null ? "" : ": " + errorText;
        var how = outcome?.End switch
        {
            { Signal: { } signal } => "the engine was killed by " + SignalName.Of(signal),
            { Status: { } code } => string.Create(CultureInfo.InvariantCulture, $"the engine ended with status {code}"),
            _ => "the engine had to be killed",
        };
        if (_end.FaultIn(errorText) is { } fault)
        {
            return new InstanceEnd(null, fault);
        }

        var said = _end.Conclude(how + " before the guest's program had" + because);
        return _end.TellsStatus || _end.IsFault ? said
            : _end.IsOver ? new InstanceEnd(null, null) // ended by us after its last word, it did not choose its status
            : outcome?.End.Status is not { } status || (status != 0 && !saidAnything && errorText is not null)
                ? new InstanceEnd(null, how + because)
            : RuntimeEnd.Of(status, errorText);
    }

    /// <summary>Hands on what the guest prints, and reads in it how the guest ends.</summary>
    private sealed class WatchedConsole(IGuestConsole console, DescribedGuestEnd end, Action over) : IGuestConsole
    {
        public bool ReceivedAny { get; private set; }

        public void Receive(ReadOnlySpan<byte> bytes)
        {
            ReceivedAny |= !bytes.IsEmpty;
            console.Receive(bytes);
            end.Receive(bytes);
            if (end.IsOver)
            {
                over();
            }
        }

        public void Phase(string name) => console.Phase(name);
    }

    /// <summary>What an engine whose console is elsewhere prints: its own messages.</summary>
    private sealed class EngineLog(IGuestConsole console, bool detached) : IGuestConsole
    {
        private readonly ErrorTail _tail = new();

        public string? LastLine() => _tail.LastLine();

        public void Receive(ReadOnlySpan<byte> bytes) => _tail.Add(bytes);

        public void Phase(string name)
        {
            // Of a detached start it is the command that runs, and not the guest.
            if (!detached)
            {
                console.Phase(name);
            }
        }
    }
}
