using System.Globalization;
using System.Runtime.InteropServices;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Described;

/// <summary>A command that is ready to run.</summary>
/// <param name="Member">Where it stands in the description, e.g. <c>clean[0]</c>.</param>
/// <param name="Program">Absolute.</param>
/// <param name="MayFail">Its exit status is nobody's concern.</param>
internal sealed record EngineCommand(string Member, string Program, IReadOnlyList<string> Arguments, bool MayFail)
{
    /// <summary>As a person would type it, near enough.</summary>
    public override string ToString() => string.Join(' ', Arguments.Prepend(Path.GetFileName(Program)));

    public ProcessLaunch Launch(IReadOnlyList<string> environment, IReadOnlyList<int> processors, string label) =>
        new(Program, Arguments, environment, processors, label);

    /// <summary>Runs it to its end.</summary>
    /// <param name="limit">When it is killed.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="TargetException">It failed, unless it may, or took too long.</exception>
    public async Task<string> RunAsync(
        IReadOnlyList<string> environment, string label, TimeSpan limit, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(limit);
        var console = new TextConsole();
        try
        {
            var outcome = await GuestProcess.RunAsync(Launch(environment, [], label), console, timeout.Token).ConfigureAwait(false);
            return MayFail || outcome is { StartError: 0, End.Status: 0 } ? console.Text : throw new TargetException(WhyFailed(outcome));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return MayFail ? console.Text : throw new TargetException(string.Create(
                CultureInfo.InvariantCulture, $"{Member} ({ErrorTail.Clean(ToString())}) did not end within {limit.TotalSeconds} s"));
        }
    }

    private string WhyFailed(ProcessOutcome outcome)
    {
        var how = outcome switch
        {
            { StartError: not 0 and var error } => "cannot be executed: " + Marshal.GetPInvokeErrorMessage(error),
            { End.Signal: { } signal } => "was killed by " + SignalName.Of(signal),
            _ => string.Create(CultureInfo.InvariantCulture, $"ended with status {outcome.End.Status}"),
        };
        return $"{Member} ({ErrorTail.Clean(ToString())}) {how}{(outcome.ErrorText is { } text ? ": " + text : "")}";
    }
}
