using BenchmarkDotNet.Attributes;

namespace VirtualBench.Toolchain.Probes;

/// <summary>The network to a server on the other side: throughput, packets, round trips, connections.</summary>
public class Net : GuestProbes
{
    [Benchmark(Description = "net.tcp-stream")]
    public void TcpStream() => RunsInTheGuest();

    [Benchmark(Description = "net.udp-stream")]
    public void UdpStream() => RunsInTheGuest();

    [Benchmark(Description = "net.tcp-rr")]
    public void TcpRr() => RunsInTheGuest();

    [Benchmark(Description = "net.udp-rr")]
    public void UdpRr() => RunsInTheGuest();

    [Benchmark(Description = "net.tcp-crr")]
    public void TcpCrr() => RunsInTheGuest();

    [Benchmark(Description = "net.switch-rate")]
    public void SwitchRate() => RunsInTheGuest();
}
