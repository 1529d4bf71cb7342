using BenchmarkDotNet.Attributes;

namespace VirtualBench.Toolchain.Probes;

/// <summary>The disk, past every cache of the guest: random and sequential transfers, and what a commit takes.</summary>
public class Disk : GuestProbes
{
    [Benchmark(Description = "disk.randread")]
    public void RandomRead() => RunsInTheGuest();

    [Benchmark(Description = "disk.randwrite")]
    public void RandomWrite() => RunsInTheGuest();

    [Benchmark(Description = "disk.read")]
    public void Read() => RunsInTheGuest();

    [Benchmark(Description = "disk.write")]
    public void Write() => RunsInTheGuest();

    [Benchmark(Description = "disk.fsync")]
    public void Fsync() => RunsInTheGuest();
}
