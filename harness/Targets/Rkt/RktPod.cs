using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Rkt;

/// <summary>One pod of one program.</summary>
internal sealed class RktPod(RktStore store, IRktFlavor flavor, Launch launch)
{
    /// <summary>What rkt ends with when it fails itself, at whatever.</summary>
    private const int OwnFailure = 254;

    /// <summary>What rkt says at each start where that group has not been made, which only matters to users besides root.</summary>
    private const string NoGroup = "group \"rkt\" not found";

    private static readonly string[] OwnPrefixes = ["run: ", "stage0: ", "stage1: "];
    private readonly string _uuidFile = Path.Combine(launch.ScratchDirectory, "rkt-uuid");

    /// <summary>Runs it to its end.</summary>
    public async Task<InstanceEnd> RunAsync(IGuestConsole console, CancellationToken cancellation)
    {
        var run = store.Run(launch, flavor.Begin(launch), _uuidFile);
        var terminal = flavor.OnTerminal ? new TerminalConsole(console) : null;
        var outcome = await GuestProcess.RunAsync(run, terminal ?? console, cancellation).ConfigureAwait(false);
        terminal?.Complete();
        return outcome.WhyNotStarted(run.Path) is { } refusal ? throw new TargetException(refusal)
            : EndOf(flavor, outcome.End, outcome.ErrorText);
    }

    /// <summary>How the guest ended; what is rkt's failure, or the enclosure's, is told by its text.</summary>
    /// <param name="errorText">The last line on standard error.</param>
    internal static InstanceEnd EndOf(IRktFlavor flavor, ProcessEnd end, string? errorText)
    {
        var said = errorText?.Contains(NoGroup, StringComparison.Ordinal) == true ? null : errorText;
        return end switch
        {
            { Status: OwnFailure } when said is not null && OwnPrefixes.Any(prefix => said.StartsWith(prefix, StringComparison.Ordinal)) =>
                new InstanceEnd(null, "rkt refused: " + said),
            { Status: >= 125 and <= 127 } when said?.StartsWith("vbenclose: ", StringComparison.Ordinal) == true =>
                new InstanceEnd(null, said),
            _ => flavor.EndOf(end, said),
        };
    }

    /// <summary>Removes it, after ending what the program left running, which keeps the pod locked.</summary>
    public async Task DeleteAsync()
    {
        InstanceProcesses.Kill(launch.Label);
        flavor.Release(launch);
        // Empty: rkt was killed before it told; what it had begun goes with the store.
        if (new FileInfo(_uuidFile) is { Exists: true, Length: > 0 }
            && await store.RemoveAsync(_uuidFile).ConfigureAwait(false) is { } refusal)
        {
            throw new TargetException($"the pod of {launch.Label} could not be removed: {refusal}; run the clean command");
        }
    }
}
