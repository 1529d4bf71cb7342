namespace VirtualBench.Plan;

/// <summary>How a probe's figure is made from what its section holds, and how it is shown.</summary>
/// <param name="Unit">As reports print it: <c>GB/s</c>, <c>ns/load</c>.</param>
/// <param name="HigherIsBetter">True for rates, false for times.</param>
/// <param name="Work">
/// For a figure from time per operation: the unit of the section's <c>work</c> metric (B, flop, load, ...), which says how much of it one
/// operation does. Null when the figure is a metric of its own.
/// </param>
/// <param name="Scale">What the SI figure (work per second, or seconds per work) is divided by to get <paramref name="Unit"/>.</param>
/// <param name="MetricName">For a figure that the probe itself reports: the metric's name, e.g. <c>gap.p50</c>; null otherwise.</param>
public sealed record ProbeFigure(string Unit, bool HigherIsBetter, string? Work, double Scale, string? MetricName = null);

/// <summary>What the harness knows of a probe; what it does is known by the guest program alone.</summary>
/// <param name="Implementations"><c>c</c>, or <c>c</c> and <c>cs</c>.</param>
/// <param name="Parameters">Accepted names with their defaults, in order.</param>
public sealed record ProbeDescription(
    string Id, string Summary, IReadOnlyList<string> Implementations, IReadOnlyList<KeyValuePair<string, string>> Parameters,
    ProbeFigure Figure, string Reference);

/// <summary>Every probe. A new one is a file in native/probes (and guests/probes), and one entry here.</summary>
public static class ProbeCatalogue
{
    private static readonly string[] Both = ["c", "cs"];
    private static readonly string[] NativeOnly = ["c"];
    private const string VmExit = "kvm-unit-tests vmexit";
    private static readonly KeyValuePair<string, string>[] StreamParameters =
        [new("bytes", "134217728"), new("width", "0"), new("stores", "auto")];

    private static readonly ProbeFigure Nanoseconds = new("ns", false, "call", 1e-9);
    private static readonly ProbeFigure RoundTrip = new("ns", false, "round-trip", 1e-9);
    private static readonly ProbeFigure GigabytesPerSecond = new("GB/s", true, "B", 1e9);
    private static readonly ProbeFigure MegabytesPerSecond = new("MB/s", true, "B", 1e6);
    private static readonly ProbeFigure Iops = new("IOPS", true, "transfer", 1);
    private static readonly ProbeFigure Gigaflops = new("GFLOP/s", true, "flop", 1e9);

    /// <summary>The one probe that no guest program runs, but a packet generator at a switch.</summary>
    public const string SwitchRate = "net.switch-rate";

    /// <summary>In the order in which reports list them.</summary>
    public static IReadOnlyList<ProbeDescription> All { get; } =
    [
        new("cpu.primes", "count primes by trial division, as sysbench does", Both, [new("limit", "10000")],
            new("events/s", true, "event", 1), "sysbench cpu"),
        new("cpu.fma", "independent fused multiply-adds, double", Both, [new("width", "0")], Gigaflops, "cycles x width"),
        new("cpu.dgemm", "C += A*B, blocked, double", Both, [new("n", "256"), new("width", "0")], Gigaflops, "BLAS dgemm"),
        new("cpu.sha256", "SHA-256 of a buffer", Both, [new("bytes", "1048576")], new("MB/s", true, "B", 1e6), "openssl speed"),
        new("cpu.sort", "sort int32 from one fixed permutation", Both,
            [new("count", "65536")], new("Melements/s", true, "element", 1e6), ""),
        new("mem.copy", "STREAM copy", Both, StreamParameters, GigabytesPerSecond, "STREAM"),
        new("mem.scale", "STREAM scale", Both, StreamParameters, GigabytesPerSecond, "STREAM"),
        new("mem.add", "STREAM add", Both, StreamParameters, GigabytesPerSecond, "STREAM"),
        new("mem.triad", "STREAM triad", Both, StreamParameters, GigabytesPerSecond, "STREAM"),
        new("mem.latency", "dependent loads over a random cycle", NativeOnly, [new("bytes", "67108864"), new("hugepages", "no")],
            new("ns/load", false, "load", 1e-9), "lmbench lat_mem_rd"),
        new("mem.random", "random read-modify-writes", Both, [new("bytes", "67108864")],
            new("GUPS", true, "update", 1e9), "HPCC RandomAccess"),
        new("mem.fault", "touch fresh anonymous pages, release them", NativeOnly, [], new("ns/page", false, "page", 1e-9), ""),
        new("os.syscall", "getppid", NativeOnly, [], Nanoseconds, "lmbench lat_syscall"),
        new("os.clock", "clock_gettime(MONOTONIC)", Both, [], Nanoseconds, ""),
        new("os.pipe", "one byte to another process and back", NativeOnly, [], RoundTrip, "perf bench sched pipe"),
        new("os.thread", "wake another thread and be woken (futex)", NativeOnly, [], RoundTrip, ""),
        new("os.cpuid", "CPUID leaf 0: a VM exit under a hypervisor", NativeOnly, [], Nanoseconds, VmExit),
        new("os.jitter", "longest gap seen by a spinning clock reader in 10 ms", NativeOnly, [],
            new("ns", false, null, 1, "gap.p50"), "cyclictest"),
        new("exit.io", "read an I/O port that no device has: out of the virtual machine and back", NativeOnly, [], Nanoseconds, VmExit),
        new("exit.mmio", "read a device's register in memory that never changes", NativeOnly, [], Nanoseconds, VmExit),
        new("exit.hypercall", "a hypercall that does nothing", NativeOnly, [], Nanoseconds, VmExit),
        new("exit.ipi", "interrupt a halted vCPU and see it answer", NativeOnly, [], Nanoseconds, VmExit),
        new("net.tcp-stream", "128 KiB through a TCP connection, delivered", NativeOnly, [new("direction", "tx"), new("streams", "1")],
            new("Gbit/s", true, "B", 1e9 / 8), "iperf3"),
        new("net.udp-stream", "datagrams at full speed: those that arrived", NativeOnly, [new("size", "64")],
            new("packets/s", true, null, 1, "received.rate"), "iperf3 -u"),
        new("net.tcp-rr", "one byte there and back on a TCP connection, median", NativeOnly, [new("rate", "0")],
            new("ns", false, null, 1, "rtt.p50"), "sockperf ping-pong --tcp"),
        new("net.udp-rr", "one byte there and back in datagrams, median", NativeOnly, [new("rate", "0")],
            new("ns", false, null, 1, "rtt.p50"), "sockperf ping-pong"),
        new("net.tcp-crr", "connect, one byte each way, close", NativeOnly, [], RoundTrip, "netperf TCP_CRR"),
        new("disk.randread", "direct 4 KiB reads at random places", NativeOnly, DiskParameters("4K"), Iops, "fio --rw=randread"),
        new("disk.randwrite", "direct 4 KiB writes at random places", NativeOnly, DiskParameters("4K"), Iops, "fio --rw=randwrite"),
        new("disk.read", "direct 1 MiB reads in order", NativeOnly, DiskParameters("1M"), MegabytesPerSecond, "fio --rw=read"),
        new("disk.write", "direct 1 MiB writes in order", NativeOnly, DiskParameters("1M"), MegabytesPerSecond, "fio --rw=write"),
        new("disk.fsync", "write 4 KiB directly and fsync, median", NativeOnly, [.. DiskParameters("4K").Skip(1)],
            new("ns", false, null, 1, "latency.p50"), "fio --rw=write --fsync=1"),
        new(SwitchRate, "frames that a switch moves between two ports, by DPDK's testpmd", NativeOnly, [new("size", "64")],
            new("Mpps", true, "frame", 1e6), "testpmd"),
        new("life.boot", "request to the first line of the probe's main", Both, [], new("ms", false, null, 1e6), ""),
        new("life.exit", "last line of the probe's main to everything released", Both, [], new("ms", false, null, 1e6), ""),
    ];

    private static KeyValuePair<string, string>[] DiskParameters(string block) =>
        [new("depth", "1"), new("file", "1G"), new("block", block), new("io", "auto")];

    /// <summary>True for what the harness measures itself, from the times of every start.</summary>
    public static bool IsMeasuredByHost(string id) => id.StartsWith("life.", StringComparison.Ordinal);

    /// <summary>Those that a guest program is asked for, in order.</summary>
    public static IEnumerable<ProbeSpecification> InGuest(IEnumerable<ProbeSpecification> probes) =>
        probes.Where(p => !IsMeasuredByHost(p.Id));

    public static ProbeDescription? Find(string id) => All.FirstOrDefault(p => p.Id == id);
}
