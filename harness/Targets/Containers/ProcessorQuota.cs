namespace VirtualBench.Targets.Containers;

/// <summary>Whether a container needs a quota of processor time.</summary>
internal static class ProcessorQuota
{
    /// <summary>
    /// A quota only where the set of processors does not already limit: the scheduler's bandwidth control costs the guest pauses that a set
    /// of processors does not.
    /// </summary>
    /// <returns>Processors' worth of time; null for no quota.</returns>
    public static int? Of(Resources resources)
    {
        var allowed = resources.HostCpus.Count > 0 ? resources.HostCpus.Count : Environment.ProcessorCount;
        return resources.VirtualCpus < allowed ? resources.VirtualCpus : null;
    }
}
