using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// What podman's exit status says: 125, 126 and 127 are failures of podman or its runtime, any other is the program's, with 128+N for
/// signal N.
/// </summary>
internal static class PodmanEnd
{
    public static InstanceEnd Of(ProcessOutcome outcome, Resources resources, bool killedForMemory) => outcome.End switch
    {
        { Signal: { } signal } => new InstanceEnd(null, "podman was killed by " + SignalName.Of(signal)),
        { Status: null } => new InstanceEnd(null, null),
        { Status: 0 } => new InstanceEnd(0, null),
        { Status: (>= 125 and <= 127) and var status } =>
            RuntimeEnd.Of(status, outcome.ErrorText) is { Fault: { } fault } ? new InstanceEnd(null, fault)
            : new InstanceEnd(null, "podman refused: " + (outcome.ErrorText ?? "it gave no reason")),
        { Status: { } status } => killedForMemory && SignalName.InStatus(status) == Libc.Sigkill
            ? OutOfMemory.Fault(resources)
            : RuntimeEnd.Of(status, outcome.ErrorText),
    };
}
