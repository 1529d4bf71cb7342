using System.Diagnostics;
using System.Runtime.InteropServices;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// A daemon of the run's own, enclosed (see vbenclose.c) with a pipe of ours as lifeline, so that it and all that it started end when we
/// do, however we end.
/// </summary>
internal sealed class EnclosedDaemon : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private readonly ChildProcess _enclosure;
    private readonly UnixPipe _lifeline;
    private readonly string _log;

    private EnclosedDaemon(ChildProcess enclosure, UnixPipe lifeline, string log)
    {
        _enclosure = enclosure;
        _lifeline = lifeline;
        _log = log;
    }

    public bool HasEnded => _enclosure.HasEnded();

    /// <param name="enclosure">The program vbenclose.</param>
    /// <param name="options">Its options besides the lifeline.</param>
    /// <param name="program">The daemon and its arguments.</param>
    /// <param name="environment">Besides the label's variable and PATH.</param>
    /// <param name="label">What it and all that it starts is found by.</param>
    /// <param name="directory">Its home, and where its log is written.</param>
    /// <exception cref="TargetException">It cannot be executed.</exception>
    public static EnclosedDaemon Start(
        string enclosure, IEnumerable<string> options, IReadOnlyList<string> program, IReadOnlyList<string> environment, string label,
        string directory)
    {
        var lifeline = new UnixPipe();
        var log = Path.Combine(directory, "log");
        using var logFile = File.OpenHandle(log, FileMode.Create, FileAccess.Write, FileShare.Read);
        var logDescriptor = (int)logFile.DangerousGetHandle();
        var child = ChildProcess.Start(
            enclosure,
            ["--lifeline", .. options, "--", .. program],
            [$"{InstanceProcesses.Variable}={label}", "PATH=" + ProgramPath.SearchPath, "HOME=" + directory, .. environment],
            lifeline.Reader,
            logDescriptor,
            logDescriptor,
            out var error);
        lifeline.CloseReader();
        if (child is null)
        {
            lifeline.Dispose();
            throw new TargetException($"cannot execute {enclosure}: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        return new EnclosedDaemon(child, lifeline, log);
    }

    /// <summary>What it said last.</summary>
    public string LastWords() => ErrorTail.Clean(File.ReadAllText(_log)) ?? "it left no message";

    public async ValueTask DisposeAsync()
    {
        _ = Libc.Kill(_enclosure.Id, Libc.Sigterm);
        for (var watch = Stopwatch.StartNew(); !_enclosure.HasEnded() && watch.Elapsed < StopLimit;)
        {
            await Task.Delay(5).ConfigureAwait(false);
        }

        // Whatever did not end in time is killed by the closing of the lifeline.
        _lifeline.Dispose();
        _enclosure.Reap();
    }
}
