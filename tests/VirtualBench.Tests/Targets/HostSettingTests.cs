using System.Diagnostics;
using System.Globalization;
using VirtualBench.Networks;
using VirtualBench.Targets;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Leftovers;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Targets;

/// <summary>Huge pages of the real host: a few, and given back.</summary>
[Collection("engines")]
public sealed class HostSettingTests
{
    private const int Pages = 3;
    private readonly long _before = HostSetting.Read(HostSetting.HugePages);
    private readonly string _run = $"setting{Environment.ProcessId}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Pages_are_added_and_given_back()
    {
        RequireHugePages();
        using var scratch = RunScratch.Create(_run);
        using (HugePageReservation.Take((Pages * (2L << 20)) - 1, scratch.DirectoryPath))
        {
            Assert.Equal(_before + Pages, HostSetting.Read(HostSetting.HugePages));
            Assert.True(HostSetting.AnyIn(scratch.DirectoryPath));
        }

        Assert.Equal(_before, HostSetting.Read(HostSetting.HugePages));
        Assert.False(HostSetting.AnyIn(scratch.DirectoryPath));
    }

    [Fact]
    public void More_than_the_host_has_is_refused_and_none_kept()
    {
        RequireHugePages();
        using var scratch = RunScratch.Create(_run);
        var refusal = Assert.Throws<TargetException>(() => HugePageReservation.Take(1L << 50, scratch.DirectoryPath));
        Assert.Contains("huge pages", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(_before, HostSetting.Read(HostSetting.HugePages));
        Assert.False(HostSetting.AnyIn(scratch.DirectoryPath));
    }

    [Fact]
    public async Task What_a_dead_run_raised_is_put_back_and_of_a_living_one_left()
    {
        RequireHugePages();
        var scratch = RunScratch.Create(_run);
        HostSetting.Raise(HostSetting.HugePages, Pages, scratch.DirectoryPath);
        Assert.Empty(await new HostSettingLeftovers().FindAsync(LeftoverScope.Now(null), Cancellation));
        scratch.Dispose();
        var found = Assert.Single(await new HostSettingLeftovers().FindAsync(LeftoverScope.Now(_run), Cancellation));
        Assert.Equal(("setting", HostSetting.HugePages), (found.Kind, found.Id));
        await found.RemoveAsync(Cancellation);
        Assert.Equal(_before, HostSetting.Read(HostSetting.HugePages));
        await found.RemoveAsync(Cancellation);
        await Assert.Single(await new ScratchLeftovers().FindAsync(LeftoverScope.Now(_run), Cancellation)).RemoveAsync(Cancellation);
    }

    [Fact]
    public void A_value_that_somebody_else_set_meanwhile_stays()
    {
        RequireHugePages();
        using var scratch = RunScratch.Create(_run);
        var setting = HostSetting.Raise(HostSetting.HugePages, 1, scratch.DirectoryPath);
        try
        {
            File.WriteAllText(HostSetting.HugePages, $"{_before + 2}");
            setting.PutBack(scratch.DirectoryPath);
            Assert.Equal(_before + 2, HostSetting.Read(HostSetting.HugePages));
        }
        finally
        {
            File.WriteAllText(HostSetting.HugePages, $"{_before}");
        }
    }

    [Fact]
    public void A_record_of_another_file_is_not_believed()
    {
        var scratch = RunScratch.Create(_run);
        var folder = Directory.CreateDirectory(
            Path.Combine(scratch.DirectoryPath, "host-settings"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        File.WriteAllText(
            Path.Combine(folder.FullName, "pid_max.json"),
            $$"""{"File":"/proc/sys/kernel/pid_max","Before":1,"Wanted":99999999,"Boot":"{{boot}}"}""");
        scratch.Dispose();
        Assert.Empty(HostSetting.Find(LeftoverScope.Now(_run)));
        RunScratch.Delete(scratch.DirectoryPath);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_killed_runs_pages_are_given_back(bool enclosureToo)
    {
        RequireHugePages();
        Assert.SkipUnless(EnclosureProgram.Find() is not null, "needs artifacts/host/vbenclose");
        var session = new NetworkSession("", Path.GetTempPath());
        var found = await NetworkCatalogue.Create("ovs-dpdk", session).FindAsync(Cancellation);
        Assert.SkipUnless(found.Usable, $"ovs-dpdk: {found.Reason}");
        var output = Directory.CreateTempSubdirectory("vbtest-").FullName;
        using var harness = Process.Start(new ProcessStartInfo(
            Program,
            [
                "run", "--targets", "native", "--networks", "ovs-dpdk", "--probes", "net.tcp-rr", "--boots", "1000", "--out",
                Path.Combine(output, "run"), "--network-option", "ovs-dpdk.hugepages=yes", "--network-option", "ovs-dpdk.memory=256",
            ])
        {
            RedirectStandardError = true,
        })!;
        var said = harness.StandardError.ReadToEndAsync(Cancellation);
        try
        {
            for (var attempt = 0; HostSetting.Read(HostSetting.HugePages) == _before; attempt++)
            {
                Assert.SkipWhen(
                    harness.HasExited && (await said).Contains("another campaign runs", StringComparison.Ordinal), "another campaign runs");
                Assert.False(harness.HasExited, harness.HasExited ? await said : "");
                Assert.False(attempt > 3000, "no pages were reserved within a minute");
                await Task.Delay(20, Cancellation);
            }

            var inside = Assert.Single(ChildrenOf(Assert.Single(ChildrenOf(harness.Id))));
            var run = SessionOf(inside);
            Assert.Equal(0, Libc.Kill(enclosureToo ? harness.Id : inside, Libc.Sigkill));
            await harness.WaitForExitAsync(Cancellation);
            if (enclosureToo)
            {
                // Nobody was left to put them back.
                Assert.True(HostSetting.Read(HostSetting.HugePages) > _before);
                using var clean = Process.Start(new ProcessStartInfo(Program, ["clean", "--run", run]) { RedirectStandardOutput = true })!;
                var cleaned = await clean.StandardOutput.ReadToEndAsync(Cancellation);
                await clean.WaitForExitAsync(Cancellation);
                Assert.Contains(
                    $"removed: setting {HostSetting.HugePages}: was {_before} before virtualbench-{run}", cleaned,
                    StringComparison.Ordinal);
                Assert.Equal(0, clean.ExitCode);
            }

            Assert.Equal(_before, HostSetting.Read(HostSetting.HugePages));
            Assert.Empty(InstanceProcesses.Find(value => value == NetworkSession.SwitchLabel(run)));
            Assert.False(Directory.Exists(Path.Combine(Path.GetTempPath(), RunScratch.Prefix + run)));
        }
        finally
        {
            if (!harness.HasExited)
            {
                harness.Kill(entireProcessTree: true);
            }

            Directory.Delete(output, recursive: true);
        }
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "VirtualBench");

    private static void RequireHugePages()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        Assert.SkipUnless(
            File.ReadLines("/proc/meminfo").Any(line => line.StartsWith("Hugepagesize:       2048 kB", StringComparison.Ordinal)),
            "needs huge pages of 2 MiB");
    }

    private static string SessionOf(int process) => File.ReadAllText($"/proc/{process}/environ").Split('\0')
        .First(entry => entry.StartsWith("VIRTUALBENCH_SESSION=", StringComparison.Ordinal)).Split('=')[1];

    private static IEnumerable<int> ChildrenOf(int process) =>
        File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture));
}
