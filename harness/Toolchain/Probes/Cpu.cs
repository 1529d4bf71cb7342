using BenchmarkDotNet.Attributes;

namespace VirtualBench.Toolchain.Probes;

/// <summary>The processor: arithmetic that stays in the core.</summary>
public class Cpu : GuestProbes
{
    [Benchmark(Description = "cpu.primes")]
    public void Primes() => RunsInTheGuest();

    [Benchmark(Description = "cpu.fma")]
    public void Fma() => RunsInTheGuest();

    [Benchmark(Description = "cpu.dgemm")]
    public void Dgemm() => RunsInTheGuest();

    [Benchmark(Description = "cpu.sha256")]
    public void Sha256() => RunsInTheGuest();

    [Benchmark(Description = "cpu.sort")]
    public void Sort() => RunsInTheGuest();
}
