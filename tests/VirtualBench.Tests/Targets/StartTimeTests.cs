using System.Diagnostics;
using VirtualBench.Guests;
using VirtualBench.Guests.Linux;
using VirtualBench.Host;
using VirtualBench.Targets;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Targets;

/// <summary>
/// How long a start takes, request to first byte, held against another way of doing the same, interleaved. Run when named, on a quiet host.
/// </summary>
[Collection("engines")]
public sealed class StartTimeTests(EngineFixture engines)
{
    private const int Rounds = 15;

    [Fact(Explicit = true)]
    public async Task Docker_is_no_slower_than_the_docker_command()
    {
        await using var docker = await engines.PrepareAsync("docker");
        Assert.SkipUnless(ProgramPath.Find("docker") is not null, "needs the docker command");
        var daemon = await engines.Session.Docker.GetAsync(TestContext.Current.CancellationToken);
        var image = Capture("docker", ["-H", daemon.Endpoint, "images", "-q"]).Text.Trim().Split('\n')[0];
        await ExpectAsync(
            () => OursAsync(docker),
            () => Task.FromResult(Capture(
                "docker", ["-H", daemon.Endpoint, "run", "--rm", "--network", "none", "--log-driver",
                    "none", "--read-only", "--cap-drop", "ALL", image, "--list"]).Seconds),
            1.0);
    }

    [Fact(Explicit = true)]
    public async Task Runc_alone_is_three_times_faster_than_docker()
    {
        await using var runc = await engines.PrepareAsync("oci:runc");
        await using var docker = await engines.PrepareAsync("docker");
        await ExpectAsync(() => OursAsync(runc), () => OursAsync(docker), 1.0 / 3);
    }

    [Fact(Explicit = true)]
    public async Task Crun_alone_is_three_times_faster_than_docker()
    {
        await using var crun = await engines.PrepareAsync("oci:crun");
        await using var docker = await engines.PrepareAsync("docker");
        await ExpectAsync(() => OursAsync(crun), () => OursAsync(docker), 1.0 / 3);
    }

    /// <summary>
    /// From the request to the first line of the guest program, against the same QEMU started by hand: same machine, processor, memory,
    /// kernel, command line and initramfs, console on a pipe.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task A_virtual_machine_is_no_slower_than_QEMU_alone()
    {
        Assert.SkipUnless(TargetName.HostArchitecture == GuestArchitecture.X64, "the command line by hand is for x86-64");
        await using var machine = await engines.PrepareAsync("qemu");
        var cancellation = TestContext.Current.CancellationToken;
        var kernel = await new KernelCache().GetAsync(GuestArchitecture.X64, cancellation);
        var initramfs = Path.Combine(engines.Session.NewScratchDirectory("bare"), "initramfs");
        LinuxBoot.WriteInitramfs(initramfs, BuildOutput.GuestInit(GuestArchitecture.X64), engines.Launch("--list").Program.Path, [], ["--list"]);
        string[] arguments =
        [
            "-machine", "q35,accel=tcg,usb=off,dump-guest-core=off", "-cpu", "max", "-m", "1024", "-smp", "1", "-no-user-config", "-nodefaults",
            "-display", "none", "-no-reboot", "-kernel", kernel.Path, "-initrd", initramfs,
            "-append", LinuxBoot.KernelCommandLine(GuestArchitecture.X64), "-serial", "stdio",
        ];
        await ExpectAsync(
            () => OursAsync(machine, 1),
            () => Task.FromResult(Capture("qemu-system-x86_64", arguments).Seconds),
            1.0);
    }

    /// <summary>The median of the paired ratios is at most <paramref name="most"/>.</summary>
    private static async Task ExpectAsync(Func<Task<double>> first, Func<Task<double>> second, double most)
    {
        await first();
        await second();
        List<(double First, double Second)> pairs = [];
        for (var round = 0; round < Rounds; round++)
        {
            // In turn, and each first in turn: what disturbs one disturbs the other.
            var early = round % 2 == 0 ? await first() : await second();
            var late = round % 2 == 0 ? await second() : await first();
            pairs.Add(round % 2 == 0 ? (early, late) : (late, early));
        }

        var ratio = Median(pairs.Select(pair => pair.First / pair.Second));
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"medians {Median(pairs.Select(p => p.First)) * 1e3:F1} ms and "
            + $"{Median(pairs.Select(p => p.Second)) * 1e3:F1} ms, ratio {ratio:F3}");
        Assert.InRange(ratio, 0, most);
    }

    private async Task<double> OursAsync(ITarget target, int? processors = null)
    {
        var console = new RecordingConsole();
        var launch = engines.Launch("--list") with { Resources = new Resources(processors ?? Environment.ProcessorCount, 1 << 30, []) };
        var requested = Stopwatch.GetTimestamp();
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(launch, console, TestContext.Current.CancellationToken));
        return Stopwatch.GetElapsedTime(requested, console.FirstByte!.Value).TotalSeconds;
    }

    private static (string Text, double Seconds) Capture(string program, IReadOnlyList<string> arguments)
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        var requested = Stopwatch.GetTimestamp();
        process.Start();
        var first = process.StandardOutput.Read();
        var seconds = Stopwatch.GetElapsedTime(requested).TotalSeconds;
        var text = (char)first + process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return (text, seconds);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
