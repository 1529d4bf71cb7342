using BenchmarkDotNet.Attributes;

namespace VirtualBench.Toolchain.Probes;

/// <summary>The guest's operating system and its exits to what is below it.</summary>
public class Os : GuestProbes
{
    [Benchmark(Description = "os.syscall")]
    public void Syscall() => RunsInTheGuest();

    [Benchmark(Description = "os.clock")]
    public void Clock() => RunsInTheGuest();

    [Benchmark(Description = "os.pipe")]
    public void Pipe() => RunsInTheGuest();

    [Benchmark(Description = "os.thread")]
    public void Thread() => RunsInTheGuest();

    [Benchmark(Description = "os.cpuid")]
    public void Cpuid() => RunsInTheGuest();

    [Benchmark(Description = "os.jitter")]
    public void Jitter() => RunsInTheGuest();
}
