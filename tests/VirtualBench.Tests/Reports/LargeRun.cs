using VirtualBench.Protocol;

namespace VirtualBench.Tests.Reports;

/// <summary>Ten targets, fifteen probes, thirty boots: the largest run that reports are made for within seconds.</summary>
internal static class LargeRun
{
    private static readonly double[] Tail = [50, 90, 99, 99.9, 99.99];

    public static FakeRun Make() => new()
    {
        Targets = ["native", "docker", "oci:crun", "podman", "lxc", "nspawn", "uml", "qemu", "unikernel", "osv"],
        Probes =
        [
            "cpu.primes", "cpu.fma", "cpu.sort", "mem.copy", "mem.triad", "mem.latency{bytes=16384}", "mem.latency{bytes=8388608}",
            "mem.latency{bytes=268435456}", "mem.random", "mem.fault", "os.syscall", "os.clock", "os.pipe", "os.jitter", "life.boot",
        ],
        Boots = 30,
        Guest = (target, probe, block, _) =>
        {
            // A fixed sequence that no two cells share: every label and every point differs, as in a real run.
            var noise = new Random((target + probe).Sum(c => c) + (block * 7919));
            double[] times = [.. Enumerable.Range(0, 15).Select(_ => 1000 * (1 + (target.Length * 0.03) + (noise.NextDouble() * 0.1)))];
            return new Answer(times, Metrics: probe.Id == "os.jitter"
                ? [.. Tail.Select(p => new Metric(FormattableString.Invariant($"gap.p{p:R}"), 100 * p * (1 + noise.NextDouble()), "ns"))]
                : []);
        },
    };
}
