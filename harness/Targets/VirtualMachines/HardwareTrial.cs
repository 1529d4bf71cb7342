namespace VirtualBench.Targets.VirtualMachines;

/// <summary>How a target whose guests need virtualisation hardware is tried: the hardware first.</summary>
internal static class HardwareTrial
{
    /// <summary>Why hardware runs no guest of this target; null when it might.</summary>
    /// <param name="emulated">The engine that needs none.</param>
    public static Availability? WhyNot(TargetName name, string emulated) => name.IsForeign
        ? new Availability(
            false, null,
            $"KVM runs guests of the host's own architecture only: use {emulated}@{TargetName.ArchitectureName(name.Architecture)}",
            $"--targets {emulated}@{TargetName.ArchitectureName(name.Architecture)}")
        : VirtualMachineCalibration.WhyAbsent();

    public static async Task<Availability> RunAsync(
        ITarget target, TargetSession session, Func<CancellationToken, Task<Availability>> findEngine, string emulated,
        CancellationToken cancellation)
    {
        if (WhyNot(target.Name, emulated) is { } reason)
        {
            return reason;
        }

        var verdict = await VirtualMachineCalibration.RunAsync(cancellation).ConfigureAwait(false);
        if (verdict is not { Usable: true, OnRequest: true })
        {
            return verdict.Usable
                ? await Trial.RunAsync(target, session, findEngine, cancellation, LinuxGuestImages.TrialMemoryBytes).ConfigureAwait(false)
                : verdict;
        }

        // A stock kernel would not finish booting in the time that there is for trying.
        var engine = await findEngine(cancellation).ConfigureAwait(false);
        return engine.Usable ? verdict with { Version = engine.Version } : engine;
    }
}
