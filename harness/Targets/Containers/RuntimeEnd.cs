using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>What an exit status that came through a container runtime says.</summary>
internal static class RuntimeEnd
{
    public static InstanceEnd Of(int status, string? errorText)
    {
        var because = errorText is null ? "" : ": " + errorText;
        if (SignalName.InStatus(status) is { } signal)
        {
            return new InstanceEnd(null, "killed by " + SignalName.Of(signal) + because);
        }

        // Before main, the runtime's own init reports on the guest's standard error.
        return errorText?.Contains("exec format error", StringComparison.OrdinalIgnoreCase) == true
            ? new InstanceEnd(null, "exec format error" + because)
            : new InstanceEnd(status, null);
    }
}
