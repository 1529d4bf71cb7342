using System.Globalization;
using System.Text;
using VirtualBench.Guests;
using VirtualBench.Host;
using VirtualBench.Networks;
using VirtualBench.Plan;
using VirtualBench.Protocol;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;
using VirtualBench.Targets.Testpmd;

namespace VirtualBench.Targets;

/// <summary>
/// <c>testpmd</c>: DPDK's packet generator at two ports of a switch, by virtio in user space. It runs one probe, net.switch-rate: frames go
/// round and round, out of one port, through the switch, into the other, which sends each back. 512 are under way in each direction, less
/// than a queue holds, so that none is lost and each that is counted has passed the switch.
/// </summary>
public sealed class TestpmdTarget(TargetName name) : ITarget
{
    public const string EngineName = "testpmd";
    private const string Program = "dpdk-testpmd";
    private const int FramesUnderWay = 512;
    private const int LeastSize = 60;
    private const int MostSize = 1514;

    /// <summary>Reports a second apart that are not counted: the frames have yet to spread.</summary>
    private const int UncountedReports = 1;

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);

    private string _version = "unknown";

    public TargetName Name => name;

    public Acceleration Acceleration => Acceleration.None;

    public Isolation Isolation { get; } = new(IsolationLayers.None, "a process of the host at two ports of the switch");

    public LinkKinds Links => LinkKinds.VhostUserPair;

    public string? WhyNot(string implementation) => implementation == "c" ? null : "testpmd is a program of DPDK's own";

    public Task<Availability> FindAsync(CancellationToken cancellation) => Task.FromResult(
        name.Variant is not null ? new Availability(false, null, "testpmd has no variants", "--targets testpmd")
        : name.IsForeign ? new Availability(false, null, "testpmd is a program of the host's own architecture", "--targets testpmd")
        : !Environment.IsPrivilegedProcess ? new Availability(false, null, "testpmd needs root", "sudo ./build.sh run")
        : ProgramPath.Find(Program) is null ? new Availability(false, null, $"{Program} is not installed", "./build.sh setup")
        : DpdkDrivers.WhyMissing("mempool_ring", "net_virtio") is { } missing
            ? new Availability(false, null, missing, "./build.sh setup")
        : new Availability(true, null));

    /// <summary>Starts DPDK in it, which then misses its ports; on the way it says its version.</summary>
    public async Task<Availability> TryAsync(CancellationToken cancellation)
    {
        var found = await FindAsync(cancellation).ConfigureAwait(false);
        if (!found.Usable)
        {
            return found;
        }

        var launch = new ProcessLaunch(
            ProgramPath.Find(Program)!, ["--no-huge", "-m", "64", "--no-pci", "--no-shconf", "--no-telemetry", "-v"], [], [], "");
        var outcome = await GuestProcess.RunAsync(launch, new TextConsole(), cancellation).ConfigureAwait(false);
        const string mark = "RTE Version: '";
        if (outcome.ErrorLines.FirstOrDefault(line => line.Contains(mark, StringComparison.Ordinal)) is not { } line)
        {
            return found with { Usable = false, Reason = $"{Program} does not start: {outcome.ErrorText ?? "it said nothing"}" };
        }

        _version = line[(line.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..].Split('\'')[0];
        return found with { Version = _version };
    }

    public Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation) => Task.CompletedTask;

    public async Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        var link = launch.Link as VhostUserPairLink ?? throw new TargetException("testpmd runs at a switch: --networks ovs-dpdk");
        var asked = launch.Arguments.Where(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToList();
        var failed = 0;
        Say(console, $"{LineGrammar.Main}version=1 {Identity}\n");
        foreach (var text in asked)
        {
            if (!ProbeSelection.TryParse(text, out var probe, out var error) || probe.Id != ProbeCatalogue.SwitchRate)
            {
                throw new TargetException(error ?? $"testpmd runs {ProbeCatalogue.SwitchRate} and no other probe");
            }

            failed += await MeasureAsync(launch, link, probe, new SectionWriter(), console, cancellation).ConfigureAwait(false) ? 0 : 1;
        }

        Say(console, FormattableString.Invariant($"{LineGrammar.End}sections={asked.Count} failed={failed}\n"));
        return new InstanceEnd(failed == 0 ? 0 : 1, null);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string Identity => $"impl=c arch={(name.Architecture == GuestArchitecture.Arm64 ? "aarch64" : "x86_64")} "
        + $"build={_version.Replace(' ', '-')}";

    private static void Say(IGuestConsole console, string text) => console.Receive(Encoding.ASCII.GetBytes(text));

    /// <returns>Whether the section succeeded.</returns>
    private async Task<bool> MeasureAsync(
        Launch launch, VhostUserPairLink link, ProbeSpecification probe, SectionWriter writer, IGuestConsole console,
        CancellationToken cancellation)
    {
        var given = probe.Parameters.Concat(ProbeCatalogue.Find(probe.Id)!.Parameters).First(p => p.Key == "size").Value;
        var size = int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
        writer.Begin(probe.Id, $"size={size}", $"{Identity} clock=dpdk clockHz=1000000000", HostClock.NowNs());
        writer.Line($"{LineGrammar.Note}frames={FramesUnderWay * 2}");
        Say(console, writer.Take());
        var (reports, fault) = size is < LeastSize or > MostSize
            ? ([], $"size is not between {LeastSize} and {MostSize}")
            : await ReportsAsync(launch, link, size, console, cancellation).ConfigureAwait(false);
        if (fault is null)
        {
            foreach (var stage in (string[])["WorkloadActual", "WorkloadResult"])
            {
                for (var i = 0; i < reports.Count; i++)
                {
                    writer.Iteration(stage, i + 1, reports[i].Frames, reports[i].Nanoseconds);
                }
            }

            writer.Line($"{LineGrammar.Metric}name=work value=1 unit=frame");
        }
        else
        {
            writer.Line(LineGrammar.Error + fault);
        }

        writer.End(fault is null, HostClock.NowNs());
        Say(console, writer.Take());
        return fault is null;
    }

    private static async Task<(IReadOnlyList<TestpmdReport> Reports, string? Fault)> ReportsAsync(
        Launch launch, VhostUserPairLink link, int size, IGuestConsole console, CancellationToken cancellation)
    {
        foreach (var end in (VhostUserLink[])[link.First, link.Second])
        {
            if (end.IsServedByGuest)
            {
                File.Delete(end.Socket); // of the probe before: testpmd, which is killed, leaves it, and binds none that is there
            }
        }

        var wanted = UncountedReports + Option(launch, "--min=", 5);
        var output = new StatisticsConsole(console);
        var process = new ProcessLaunch(
            ProgramPath.Find(Program)!, Arguments(launch, link, size),
            [$"{InstanceProcesses.Variable}={launch.Label}", "RUNTIME_DIRECTORY=" + launch.ScratchDirectory], [], launch.Label);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(LongestStart + TimeSpan.FromSeconds(2 * wanted));
        ProcessOutcome outcome;
        try
        {
            outcome = await GuestProcess.RunAsync(process, output, limit.Token, () => output.Statistics.Reports.Count >= wanted)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ([], $"{Program} came to no figures: does the switch connect to its sockets?");
        }

        IReadOnlyList<TestpmdReport> reports = [.. output.Statistics.Reports.Skip(UncountedReports)];
        return outcome.WhyNotStarted(Program) is { } refusal ? ([], refusal)
            : reports.Count < wanted - UncountedReports ? ([], $"{Program} ended: {outcome.ErrorText ?? "it said nothing"}")
            : reports.Any(report => report.Frames <= 0 || report.PerSecond <= 0) ? ([], "no frame passed the switch for a second")
            : (reports, null);
    }

    private static IReadOnlyList<string> Arguments(Launch launch, VhostUserPairLink link, int size)
    {
        var allowed = string.Join(',', CpuList.Allowed());
        var forwarding = launch.Resources.HostCpus.Count == 0 ? allowed : string.Join(',', launch.Resources.HostCpus);
        return
        [
            "--no-huge", "-m", "256", "--no-pci", "--no-shconf", "--no-telemetry", $"--lcores=0@({allowed}),1@({forwarding})",
            Port(0, link.First), Port(1, link.Second), "--",
            "--tx-first", FormattableString.Invariant($"--burst={FramesUnderWay}"), "--stats-period=1",
            "--total-num-mbufs=16384", "--forward-mode=macswap", "--port-topology=loop", "--rxd=1024", "--txd=1024",
            FormattableString.Invariant($"--txpkts={size}"),
            "--eth-peer=0," + link.Second.Address.Mac, "--eth-peer=1," + link.First.Address.Mac,
        ];
    }

    private static string Port(int number, VhostUserLink end) => FormattableString.Invariant(
        $"--vdev=virtio_user{number},path={end.Socket},server={(end.IsServedByGuest ? 1 : 0)},queue_size=1024,mac={end.Address.Mac}");

    private static int Option(Launch launch, string option, int fallback) =>
        launch.Arguments.FirstOrDefault(argument => argument.StartsWith(option, StringComparison.Ordinal)) is { } found
            && int.TryParse(found[option.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : fallback;

    /// <summary>Reads the statistics out of what testpmd prints.</summary>
    private sealed class StatisticsConsole(IGuestConsole guest) : IGuestConsole
    {
        private const int LongestLine = 1000;
        private readonly StringBuilder _line = new();

        public TestpmdStatistics Statistics { get; } = new();

        public void Receive(ReadOnlySpan<byte> bytes)
        {
            foreach (var octet in bytes)
            {
                if (octet == '\n')
                {
                    Statistics.Read(_line.ToString());
                    _line.Clear();
                }
                else if (_line.Length < LongestLine)
                {
                    _line.Append((char)octet);
                }
            }
        }

        public void Phase(string name) => guest.Phase(name);
    }
}
