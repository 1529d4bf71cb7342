using BenchmarkDotNet.Attributes;

namespace VirtualBench.Toolchain.Probes;

/// <summary>What the host measures of an instance's life.</summary>
public class Life : GuestProbes
{
    [Benchmark(Description = "life.boot")]
    public void Boot() => RunsInTheGuest();

    [Benchmark(Description = "life.exit")]
    public void Exit() => RunsInTheGuest();
}
