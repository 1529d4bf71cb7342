using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Rkt;

/// <summary>One pod of one program.</summary>
internal sealed class RktPod(RktStore store, Launch launch)
{
    /// <summary>What rkt ends with when it fails itself, at whatever.</summary>
    private const int OwnFailure = 254;

    /// <summary>What rkt says at each start where that group has not been made, which only matters to users besides root.</summary>
    private const string NoGroup = "group \"rkt\" not found";

    private static readonly string[] OwnPrefixes = ["run: ", "stage0: ", "stage1: "];
    private readonly string _uuidFile = Path.Combine(launch.ScratchDirectory, "rkt-uuid");

    public ProcessLaunch Run() => store.Run(launch, _uuidFile);

    /// <summary>
    /// How the guest ended. rkt becomes the program in the end, so that the status is the program's, a signal is a signal, and what is not
    /// the program's is told by its text.
    /// </summary>
    /// <param name="errorText">The last line on the standard error of both.</param>
    internal static InstanceEnd EndOf(ProcessEnd end, string? errorText)
    {
        var said = errorText?.Contains(NoGroup, StringComparison.Ordinal) == true ? null : errorText;
        return end switch
        {
            { Signal: { } signal } => new InstanceEnd(null, "killed by " + SignalName.Of(signal) + (said is null ? "" : ": " + said)),
            { Status: OwnFailure } when said is not null && OwnPrefixes.Any(prefix => said.StartsWith(prefix, StringComparison.Ordinal)) =>
                new InstanceEnd(null, "rkt refused: " + said),
            { Status: >= 125 and <= 127 } when said?.StartsWith("vbenclose: ", StringComparison.Ordinal) == true => new InstanceEnd(null, said),
            _ => new InstanceEnd(end.Status, null),
        };
    }

    /// <summary>Removes it, after ending what the program left running, which keeps the pod locked.</summary>
    public async Task DeleteAsync()
    {
        InstanceProcesses.Kill(launch.Label);
        if (File.Exists(_uuidFile) && await store.RemoveAsync(_uuidFile).ConfigureAwait(false) is { } refusal)
        {
            throw new TargetException($"the pod of {launch.Label} could not be removed: {refusal}; run the clean command");
        }
    }
}
