namespace VirtualBench.Plan;

/// <summary>A named choice of probes, boots and effort.</summary>
/// <param name="Probes">Probe specifications, in the order in which a boot runs them.</param>
/// <param name="LongestStart">A target that takes longer than this to start is left out unless the user names it.</param>
/// <param name="TimeBudget">No new block begins that would end after this; null: none.</param>
/// <param name="Targets">Those that run when the user names none; null: every usable one.</param>
/// <param name="Networks">Those that targets are crossed with when the user names none; null: as <see cref="Crossing"/> has it.</param>
public sealed record Preset(
    string Name,
    string Summary,
    IReadOnlyList<string> Probes,
    IReadOnlyList<string> Implementations,
    int Boots,
    EngineSettings Engine,
    TimeSpan LongestStart,
    TimeSpan? TimeBudget,
    string? Targets = null,
    string? Networks = null);

/// <summary>The presets that there are.</summary>
public static class Presets
{
    // One of each way to isolate, as many as six blocks of them fit into 90 s on two cores.
    private const string QuickTargets = "native,docker,oci:crun,qemu,kvm,unikernel,unikernel@arm64";

    // The paper's hypervisor, containers and unikernels; what stands beside them shows what emulation does in the hypervisor's place.
    private const string PaperTargets = "native,docker,rkt,oci:crun,kvm,qemu,unikernel,osv,rumprun";
    private const string PaperNetworks = "bridge,ovs,ovs-dpdk";

    private static readonly string[] NativeOnly = ["c"];
    private static readonly string[] Both = ["c", "cs"];

    public static IReadOnlyList<Preset> All { get; } =
    [
        // Six blocks are the least that can carry a 95 % interval. The triad's arrays hold 16 MiB each: an emulated guest gets through them
        // in the time that there is, and three of them exceed most machines' last-level caches; `full` keeps STREAM's rule of four caches
        // an array.
        new("quick", "a first comparison in at most 90 s",
            ["cpu.primes", "cpu.fma", "mem.triad{bytes=16777216}", "mem.latency{bytes=33554432}", "os.syscall", "os.cpuid", "life.boot"],
            NativeOnly, 6, new EngineSettings(8, 100, 2, 5, 10, 2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(86),
            QuickTargets),
        new("full", "every probe, both implementations, ten boots",
            [
                "cpu.primes", "cpu.fma", "cpu.dgemm", "cpu.sha256", "cpu.sort", "mem.copy", "mem.scale", "mem.add", "mem.triad",
                "mem.latency{bytes=16384}", "mem.latency{bytes=524288}", "mem.latency{bytes=8388608}", "mem.latency{bytes=67108864}",
                "mem.latency{bytes=268435456}", "mem.random", "mem.fault", "os.syscall", "os.clock", "os.pipe", "os.thread", "os.cpuid",
                "os.jitter", "life.boot", "life.exit",
            ],
            Both, 10, new EngineSettings(50, 2000, 4, 10, 25, 1), TimeSpan.FromSeconds(60), null),
        new("eucnc2018", "the matrix of Acharya et al., EuCNC 2018: processor, memory and network, with the switch as a factor",
            [
                "cpu.primes", "mem.copy", "mem.scale", "mem.add", "mem.triad", "net.tcp-stream", "net.udp-stream{size=64}",
                "net.udp-stream{size=1472}", "net.udp-rr", "life.boot",
            ],
            NativeOnly, 10, new EngineSettings(50, 1000, 4, 10, 20, 1), TimeSpan.FromSeconds(60), null, PaperTargets, PaperNetworks),
    ];

    public static Preset? Find(string name) => All.FirstOrDefault(p => p.Name == name);
}
