namespace VirtualBench.Toolchain.Probes;

/// <summary>
/// Base of the classes by which BenchmarkDotNet knows the probes. Only the names of their methods, and the probe ids in their descriptions,
/// matter: what runs is the guest program, and what BenchmarkDotNet is given are its recorded lines.
/// </summary>
public abstract class GuestProbes
{
    /// <summary>Stands for the probe.</summary>
    protected virtual void RunsInTheGuest() =>
        throw new NotSupportedException("a probe runs in a guest program; its class only gives it a name for BenchmarkDotNet");
}
