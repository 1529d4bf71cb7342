namespace VirtualBench.Targets.VirtualMachines;

/// <summary>
/// Whether a target's machines run on virtualisation hardware or are translated: as its variant says (<c>kvm</c>, <c>tcg</c>), else on
/// hardware where that executes guests, and translated where it is absent, foreign or emulates them.
/// </summary>
internal sealed class AccelerationChoice(TargetName name)
{
    public const string Kvm = "kvm";
    public const string Tcg = "tcg";

    private Availability? _verdict;

    /// <summary>What it is; without a variant, only known once <see cref="DecideAsync"/> has returned.</summary>
    public Acceleration Acceleration { get; private set; } = name.Variant == Kvm ? Acceleration.Hardware : Acceleration.Emulation;

    public bool IsHardware => Acceleration == Acceleration.Hardware;

    /// <summary>The host's virtualisation hardware emulates each instruction, and the target was named for it all the same.</summary>
    public bool IsEmulatedHardware { get; private set; }

    /// <summary>How a guest is separated that is a machine in a QEMU process.</summary>
    /// <param name="guest">What it is, e.g. <c>unikernel</c>.</param>
    public Isolation IsolationOf(string guest) => IsHardware
        ? new Isolation(IsolationLayers.Kernel | IsolationLayers.Hardware, guest + ", a QEMU process")
        : new Isolation(IsolationLayers.Kernel, guest + ", a QEMU process; processor emulated by TCG");

    /// <summary>Decides, by trying the hardware where there is any (seconds at most).</summary>
    /// <returns>Null when it can be used without a word; else why not, or what to know of it.</returns>
    public async Task<Availability?> DecideAsync(CancellationToken cancellation)
    {
        if (name.Variant == Tcg || (name.Variant != Kvm && (name.IsForeign || VirtualMachineCalibration.WhyAbsent() is not null)))
        {
            return null;
        }

        if (HardwareTrial.WhyNot(name, name.Engine) is { } reason)
        {
            return reason;
        }

        var verdict = _verdict ??= await VirtualMachineCalibration.RunAsync(cancellation).ConfigureAwait(false);
        if (name.Variant == Kvm)
        {
            IsEmulatedHardware = verdict.OnRequest;
            return verdict is { Usable: true, OnRequest: false } ? null : verdict;
        }

        Acceleration = verdict is { Usable: true, OnRequest: false } ? Acceleration.Hardware : Acceleration.Emulation;
        return null;
    }
}
