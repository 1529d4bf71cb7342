using System.Globalization;
using VirtualBench.Guests;
using VirtualBench.Targets;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Networks;

/// <summary>What the guest talks to: the guest program as a server, on the host or in a second guest. Disposing it ends it.</summary>
internal sealed class PeerServer : IAsyncDisposable
{
    /// <summary>Where it serves; in a network of ours no other port is taken.</summary>
    public const int Port = 7710;

    /// <summary>What comes behind a trial's label in that of its peer.</summary>
    public const string LabelSuffix = "-peer";

    private const string Ready = "// VB: serving ";
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _end = new();
    private readonly Task<string> _running;

    private PeerServer(Func<IGuestConsole, CancellationToken, Task<string>> run, IGuestConsole console) =>
        _running = Task.Run(() => run(console, _end.Token));

    /// <summary>Starts it as a process of the host.</summary>
    /// <param name="program">The guest program for the host itself.</param>
    /// <param name="cpus">The host's processors that it may run on; empty: any.</param>
    /// <exception cref="TargetException">It did not begin to serve.</exception>
    public static Task<PeerServer> StartOnHostAsync(
        GuestProgram program, HostSide side, string label, IReadOnlyList<int> cpus, CancellationToken cancellation)
    {
        var launch = new ProcessLaunch(
            program.Path, Arguments, [$"{InstanceProcesses.Variable}={label}{LabelSuffix}"], cpus, label + LabelSuffix)
        {
            Network = side.Namespace,
        };
        return StartAsync(
            async (console, end) =>
            {
                var outcome = await GuestProcess.RunAsync(launch, console, end).ConfigureAwait(false);
                return outcome.WhyNotStarted(program.Path) ?? outcome.ErrorText ?? $"it ended with status {outcome.End.Status}";
            },
            cancellation);
    }

    /// <summary>Starts it in a guest of the same target.</summary>
    /// <param name="launch">The measuring guest's launch; the server gets what it gets, but for link, label, scratch directory.</param>
    /// <exception cref="TargetException">It did not begin to serve.</exception>
    public static Task<PeerServer> StartInGuestAsync(
        ITarget target, Launch launch, GuestLink link, IReadOnlyList<int> cpus, string scratchDirectory, CancellationToken cancellation) =>
        StartAsync(
            async (console, end) =>
            {
                var ended = await target.RunAsync(
                    launch with
                    {
                        Arguments = Arguments,
                        Label = launch.Label + LabelSuffix,
                        Link = link,
                        ScratchDirectory = scratchDirectory,
                        Resources = launch.Resources with { HostCpus = cpus },
                    },
                    console, end).ConfigureAwait(false);
                return ended.Fault ?? $"it ended with status {ended.ExitStatus}";
            },
            cancellation);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);

        // However it ended: what stands behind it, the links, has to be taken away all the same.
        await ((Task)_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private static IReadOnlyList<string> Arguments { get; } = [string.Create(CultureInfo.InvariantCulture, $"--serve={Port}")];

    private static async Task<PeerServer> StartAsync(
        Func<IGuestConsole, CancellationToken, Task<string>> run, CancellationToken cancellation)
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var console = new ReadyConsole(ready);
        var server = new PeerServer(run, console);
        var first = await Task.WhenAny(ready.Task, server._running, Task.Delay(LongestStart, cancellation)).ConfigureAwait(false);
        if (first == ready.Task)
        {
            return server;
        }

        var why = first == server._running ? await WhyAsync(server._running, console).ConfigureAwait(false)
            : $"it did not serve within {LongestStart.TotalSeconds} s";
        await server.DisposeAsync().ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        throw new TargetException($"the peer of the network probes could not be started: {why}");
    }

    private static async Task<string> WhyAsync(Task<string> running, ReadyConsole console)
    {
        try
        {
            var end = await running.ConfigureAwait(false);
            return console.LastWord is { } line ? $"{line} ({end})" : end;
        }
        catch (TargetException e)
        {
            return e.Message;
        }
    }

    /// <summary>Waits for the line that says that it serves; keeps what it says for when it does not.</summary>
    private sealed class ReadyConsole(TaskCompletionSource ready) : IGuestConsole
    {
        private readonly TextConsole _text = new();

        /// <summary>The last line that is a word of its own, not one of the line protocol.</summary>
        public string? LastWord => ErrorTail.Clean(
            _text.Text.Split('\n').LastOrDefault(line => line.Trim().Length > 0 && !line.StartsWith("// ", StringComparison.Ordinal))
                ?? "");

        public void Receive(ReadOnlySpan<byte> bytes)
        {
            if (!ready.Task.IsCompleted)
            {
                _text.Receive(bytes);
                if (_text.Text.Contains(Ready, StringComparison.Ordinal))
                {
                    ready.TrySetResult();
                }
            }
        }

        public void Phase(string name)
        {
        }
    }
}
