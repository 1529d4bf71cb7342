using BenchmarkDotNet.Attributes;

namespace VirtualBench.Toolchain.Probes;

/// <summary>Memory: bandwidth, latency, faults.</summary>
public class Mem : GuestProbes
{
    [Benchmark(Description = "mem.copy")]
    public void Copy() => RunsInTheGuest();

    [Benchmark(Description = "mem.scale")]
    public void Scale() => RunsInTheGuest();

    [Benchmark(Description = "mem.add")]
    public void Add() => RunsInTheGuest();

    [Benchmark(Description = "mem.triad")]
    public void Triad() => RunsInTheGuest();

    [Benchmark(Description = "mem.latency")]
    public void Latency() => RunsInTheGuest();

    [Benchmark(Description = "mem.random")]
    public void Random() => RunsInTheGuest();

    [Benchmark(Description = "mem.fault")]
    public void Fault() => RunsInTheGuest();
}
