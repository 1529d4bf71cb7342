using VirtualBench.Guests;
using VirtualBench.Targets;
using VirtualBench.Targets.Processes;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Tests.Targets;

/// <summary>What is user-mode Linux's own: above all that its guest reaches nothing of the host.</summary>
[Collection("engines")]
public sealed class UmlTests(EngineFixture engines)
{
    private const string Reacher = """
        #include <fcntl.h>
        #include <stdio.h>
        #include <string.h>
        #include <sys/mount.h>
        int main(int argc, char **argv) {
            if (argc > 1 && !strcmp(argv[1], "--list")) { puts("cpu.primes\tlimit=10000"); return 0; }
            int mounted = !mount("none", "/tmp", "hostfs", 0, "") + !mount("none", "/tmp", "hostfs", 0, "/etc");
            printf("%d mounted, %d opened\n", mounted, (open("/tmp/passwd", O_RDONLY) >= 0) + (open("/tmp/etc/passwd", O_RDONLY) >= 0));
            return 0;
        }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_hosts_files_are_out_of_reach()
    {
        await using var target = await engines.PrepareAsync("uml");
        var path = SmallProgram.Compile(engines.Session.NewScratchDirectory("reacher"), "reacher", Reacher, "-static");
        var program = new GuestProgram("c", TargetName.HostArchitecture, path!, new string('f', 64), new string('f', 64));
        await target.PrepareAsync([program], Cancellation);
        var console = new RecordingConsole();
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(Launch() with { Program = program }, console, Cancellation));
        Assert.Contains("0 mounted, 0 opened\n", console.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_processes_have_no_capabilities()
    {
        await using var target = await engines.PrepareAsync("uml");
        var launch = Launch("hang");
        HashSet<string> capabilities = [];
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var console = new RecordingConsole(c =>
        {
            capabilities.UnionWith(InstanceProcesses.Find(value => value == launch.Label)
                .SelectMany(found => File.ReadLines($"/proc/{found.Process}/status"))
                .Where(line => line.StartsWith("CapEff:", StringComparison.Ordinal)
                    || line.StartsWith("NoNewPrivs:", StringComparison.Ordinal)));
            if (c.Text.Contains("hanging", StringComparison.Ordinal))
            {
                deadline.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.RunAsync(launch, console, deadline.Token));
        Assert.Equal(["CapEff:\t0000000000000000", "NoNewPrivs:\t1"], capabilities.Order());
    }

    [Fact]
    public async Task A_kernel_that_finds_no_program_panics_in_one_line()
    {
        await using var target = await engines.PrepareAsync("uml");
        var launch = Launch("status", "0");
        var console = new RecordingConsole();
        var end = await MachineProcess.RunAsync(
            UserModeLinux.Find(null).Describe(launch, "/dev/null", UserModeMemory.Find(launch.Resources.MemoryBytes)),
            "user-mode Linux", new LinuxGuestEnd(), console, Cancellation);
        Assert.Null(end.ExitStatus);
        Assert.Contains("the guest's kernel panicked: VFS: Unable to mount root fs", end.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', end.Fault!);
    }

    [Fact]
    public async Task More_than_one_processor_is_refused()
    {
        await using var target = await engines.PrepareAsync("uml");
        var launch = Launch("status", "0");
        launch = launch with { Resources = launch.Resources with { VirtualCpus = 2 } };
        var exception = await Assert.ThrowsAsync<TargetException>(() => target.RunAsync(launch, new RecordingConsole(), Cancellation));
        Assert.Contains("--vcpus 1", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("uml:skas", "no variants")]
    [InlineData("uml@arm64", "x64 hosts only")]
    public async Task What_it_is_not_it_does_not_try(string name, string reason)
    {
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse(name), engines.Session);
        var availability = await target.TryAsync(Cancellation);
        Assert.False(availability.Usable);
        Assert.Contains(reason, availability.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/bin/true", "/bin/true is no user-mode Linux")]
    [InlineData("/no/such/kernel", "/no/such/kernel is no program")]
    public async Task A_file_that_is_no_kernel_is_said_to_be_so(string file, string reason)
    {
        var images = new Dictionary<string, string> { ["uml"] = file };
        await using var session =
            new TargetSession("x", engines.Session.ScratchDirectory, null, SmallProgram.Find, images: images);
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse("uml@x64"), session);
        Assert.SkipUnless(TargetName.HostArchitecture == GuestArchitecture.X64, "x64 hosts only");
        var availability = await target.FindAsync(Cancellation);
        Assert.False(availability.Usable);
        Assert.Contains(reason, availability.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tmpfs /dev/shm tmpfs rw,relatime,size=1g 0 0", true)]
    [InlineData("shm /dev/shm tmpfs rw,nosuid,nodev,noexec,relatime,size=65536k 0 0", false)]
    [InlineData("/dev/vda /dev/shm ext4 rw 0 0", false)]
    [InlineData("tmpfs /dev/shm tmpfs rw 0 0\ntmpfs /dev/shm tmpfs ro 0 0", false)]
    [InlineData("tmpfs /dev/shmother tmpfs rw 0 0", false)]
    [InlineData("", false)]
    public void Knows_where_memory_may_be(string mounts, bool may) =>
        Assert.Equal(may, UserModeMemory.AllowsExecution(["/dev/vda / ext4 rw 0 0", .. mounts.Split('\n')], "/dev/shm"));

    private Launch Launch(params string[] arguments)
    {
        var launch = engines.Launch(arguments);
        return launch with { Resources = launch.Resources with { MemoryBytes = 128 << 20 } };
    }
}
