using VirtualBench.Targets.Interop;

namespace VirtualBench.Targets.Processes;

/// <summary>What a command of the host answered.</summary>
/// <param name="Status">Its exit status; null when it could not be executed or was killed.</param>
/// <param name="Error">The last line of its standard error.</param>
internal sealed record CommandAnswer(int? Status, string Output, string? Error);

/// <summary>Runs short commands of the host, such as <c>ip</c>.</summary>
internal static class HostCommand
{
    /// <param name="network">The network namespace that it runs in; null: ours.</param>
    public static async Task<CommandAnswer> RunAsync(
        string path, IReadOnlyList<string> arguments, CancellationToken cancellation, NetworkNamespace? network = null)
    {
        var console = new TextConsole();
        var launch = new ProcessLaunch(path, arguments, ["PATH=" + ProgramPath.SearchPath], [], "") { Network = network };
        var outcome = await GuestProcess.RunAsync(launch, console, cancellation).ConfigureAwait(false);
        return new CommandAnswer(outcome.StartError == 0 ? outcome.End.Status : null, console.Text, outcome.ErrorText);
    }
}
