using System.Diagnostics;
using VirtualBench.Targets;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Networks;

/// <summary>A program that moves packets in user space: one guest's, or as a switch. Disposing it ends it.</summary>
internal sealed class UserModeProcess : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _end = new();
    private readonly ProcessLaunch _launch;
    private readonly Task<ProcessOutcome> _running;

    private UserModeProcess(ProcessLaunch launch) =>
        (_launch, _running) = (launch, GuestProcess.RunAsync(launch, new TextConsole(), _end.Token));

    /// <summary>Completes when it has ended, with what it said last in one line.</summary>
    public Task<string> Ended => field ??= WhyAsync();

    /// <summary>Starts it and waits until it serves.</summary>
    /// <param name="label">By which its processor time is told from the guest's.</param>
    /// <param name="place">The network namespace whose sockets it uses.</param>
    /// <param name="isReady">Asked again and again.</param>
    /// <param name="environment"><c>NAME=value</c>, besides what every process of ours gets.</param>
    /// <exception cref="TargetException">It ended, or was not ready in time.</exception>
    public static async Task<UserModeProcess> StartAsync(
        string path, IReadOnlyList<string> arguments, string label, NetworkNamespace place, Func<Task<bool>> isReady,
        CancellationToken cancellation, params IReadOnlyList<string> environment)
    {
        // No label of its own: by that all of the run's that carry it would be ended with this one.
        var process = new UserModeProcess(
            new ProcessLaunch(
                path, arguments, [$"{InstanceProcesses.Variable}={label}", "PATH=" + ProgramPath.SearchPath, .. environment], [], "")
            {
                Network = place,
            });
        try
        {
            for (var watch = Stopwatch.StartNew(); !await isReady().ConfigureAwait(false);)
            {
                if (process._running.IsCompleted)
                {
                    throw new TargetException(await process.Ended.ConfigureAwait(false));
                }

                if (watch.Elapsed > LongestStart)
                {
                    throw new TargetException($"{path} was not ready within {LongestStart.TotalSeconds} s");
                }

                await Task.Delay(2, cancellation).ConfigureAwait(false);
            }

            return process;
        }
        catch
        {
            await process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await ((Task)_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task<string> WhyAsync()
    {
        var outcome = await _running.ConfigureAwait(false);
        return outcome.WhyNotStarted(_launch.Path) is { } refusal ? refusal
            : outcome.End.Signal is { } signal && outcome.ErrorText is null ? $"{_launch.Path} was killed by {SignalName.Of(signal)}"
            : $"{_launch.Path} ended: {outcome.ErrorText ?? "it said nothing"}";
    }
}
