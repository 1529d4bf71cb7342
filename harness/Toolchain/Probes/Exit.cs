using BenchmarkDotNet.Attributes;

namespace VirtualBench.Toolchain.Probes;

/// <summary>The ways out of a virtual machine that only a kernel can take, and so only the unikernel measures.</summary>
public class Exit : GuestProbes
{
    [Benchmark(Description = "exit.io")]
    public void Io() => RunsInTheGuest();

    [Benchmark(Description = "exit.mmio")]
    public void Mmio() => RunsInTheGuest();

    [Benchmark(Description = "exit.hypercall")]
    public void Hypercall() => RunsInTheGuest();

    [Benchmark(Description = "exit.ipi")]
    public void Ipi() => RunsInTheGuest();
}
