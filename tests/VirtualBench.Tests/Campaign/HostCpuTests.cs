using System.Diagnostics;
using VirtualBench.Campaign;
using VirtualBench.Protocol;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Campaign;

public sealed class HostCpuTests
{
    [Fact]
    public void A_name_with_parentheses_and_blanks_does_not_shift_the_fields()
    {
        var (parent, seconds) = HostCpu.ReadStat("77 (a) b (c) S 12 77 77 0 -1 4194560 1 2 3 4 150 50 9 9 20 0 1 0 100 1 1");
        Assert.Equal(12, parent);
        Assert.Equal(2.0, seconds);
    }

    [Fact]
    public void Idle_waiting_and_stolen_time_is_not_busy() =>
        Assert.Equal(1 + 2 + 3 + 6 + 7, HostCpu.BusyTicks("cpu  1 2 3 4 5 6 7 8 9 10"));

    [Fact]
    public async Task The_time_of_a_process_and_of_its_children_is_the_guests()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "needs a shell");
        var label = "vbtest-" + Guid.NewGuid().ToString("N")[..8];
        using var guest = Start(label, "(while :; do :; done) & wait");
        using var peer = Start(label + "-peer", "while :; do :; done");
        using var other = Start("vbtest-another", "while :; do :; done");
        try
        {
            var began = Stopwatch.StartNew();
            HostCpu now;
            do
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
                now = HostCpu.Read(label, "vbtest-switch");
            }
            while ((now.GuestSeconds is not > 0.05 || now.PeerSeconds < 0.05) && began.Elapsed < TimeSpan.FromSeconds(30));

            // Both at work, and the third process is nobody's.
            Assert.InRange(now.GuestSeconds ?? 0, 0.05, began.Elapsed.TotalSeconds + 1);
            Assert.InRange(now.PeerSeconds, 0.05, began.Elapsed.TotalSeconds + 1);
            Assert.Equal(0, now.SwitchSeconds);
            Assert.Null(HostCpu.Read("vbtest-nobody", "vbtest-switch").GuestSeconds);
        }
        finally
        {
            foreach (var process in new[] { guest, peer, other })
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    [Fact]
    public void A_sections_usage_ends_where_its_measurements_are_done()
    {
        var seconds = 0;
        var recorder = new UsageRecorder(() => new HostCpu(seconds, 0, 0, 2 * seconds, seconds++ * 1_000_000_000L));
        foreach (var line in new[]
        {
            "// BeforeAnythingElse", "// VB: hello version=1 probe=net.tcp-rr", "// VB: note a=b", "OverheadJitting  1: 1 op, 1 ns, 1 ns/op",
            "OverheadJitting  2: 1 op, 1 ns, 1 ns/op", "// VB: crc=0 lines=1", "// VB: hello version=1 probe=net.udp-rr",
            "// VB: error reason=x",
        })
        {
            recorder.See(line);
        }

        Assert.Equal([new SectionUsage(1, 0, 0, 2, 1), null], recorder.Sections);
    }

    [Fact]
    public void The_cost_is_that_of_guest_and_switch_for_each_gigabyte()
    {
        var section = Section(new Metric("bytes", 2e9, "B"));
        var metrics = HostCost.Of(section, new SectionUsage(3, 5, 1, 10, 2)).ToDictionary(m => m.Name, m => m.Value);
        Assert.Equal(2, metrics["hostCpuSecondsPerGB"]);
        Assert.Equal(2.5, metrics["peerCpuSecondsPerGB"]);
        Assert.Equal(5, metrics["busyCpuSecondsPerGB"]);
        Assert.Empty(HostCost.Of(section, null));
        Assert.Empty(HostCost.Of(Section(), new SectionUsage(3, 5, 1, 10, 2)));
        Assert.DoesNotContain(HostCost.Of(section, new SectionUsage(null, 5, 1, 10, 2)), m => m.Name == "hostCpuSecondsPerGB");
    }

    private static Section Section(params Metric[] metrics) => new()
    {
        Probe = "net.tcp-stream",
        Parameters = new Dictionary<string, string>(),
        Implementation = "c",
        Architecture = "x86_64",
        Clock = "tsc",
        ClockHz = 1,
        Build = "-",
        State = SectionState.Complete,
        Measurements = [],
        Metrics = metrics,
        Notes = new Dictionary<string, string>(),
        Lines = 0..0,
    };

    private static Process Start(string label, string script)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", script]);
        start.Environment[InstanceProcesses.Variable] = label;
        return Process.Start(start)!;
    }
}
