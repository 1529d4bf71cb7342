using VirtualBench.Targets;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Leftovers;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Targets;

/// <summary>What is particular to podman, libvirt's LXC and systemd-nspawn; what they share with all engines is in EngineTests.</summary>
[Collection("engines")]
public sealed class ContainerEngineTests(EngineFixture engines)
{
    private const string Place = "src/nspawn/nspawn.c:2942: ";
    private static readonly Resources Limits = new(1, 64 << 20, []);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3, "", 3, null)]
    [InlineData(1, "guest: no", 1, null)]
    [InlineData(0, Place + "Failed to remove veth interface.", 0, null)]
    [InlineData(1, "last words\n" + Place + "Container virtualbench-r-1 terminated by signal SEGV.", null, "killed by SIGSEGV: last words")]
    [InlineData(1, Place + "Container virtualbench-r-1 terminated by signal RTMIN+3.", null, "killed by SIGRTMIN+3")]
    [InlineData(1, Place + "Failed to resolve path /x: No such file", null, "systemd-nspawn refused: Failed to resolve path /x: No such file")]
    [InlineData(1, "../" + Place + "execv(/vbprobe) failed: No such file or directory", null,
        "exec format error: it is no program for this processor")]
    public void Tells_what_nspawn_says_from_what_its_guest_says(int status, string errors, int? exitStatus, string? fault)
    {
        var tail = new ErrorTail();
        tail.Add(System.Text.Encoding.UTF8.GetBytes(errors));
        Assert.Equal(
            new InstanceEnd(exitStatus, fault),
            NspawnEnd.Of(new ProcessOutcome(new ProcessEnd(status, null), 0, tail.Lines()), Limits, killedForMemory: false));
    }

    [Theory]
    [InlineData(0, "", false, 0, null)]
    [InlineData(2, "guest: no", false, 2, null)]
    [InlineData(139, "last words", false, null, "killed by SIGSEGV (signal 11): last words")]
    [InlineData(137, "", true, null, "out of memory: killed at the limit of 64 MiB")]
    [InlineData(137, "", false, null, "killed by SIGKILL (signal 9)")]
    [InlineData(125, "Error: no such image", false, null, "podman refused: Error: no such image")]
    [InlineData(126, "Error: crun: exec format error: OCI not found", false, null,
        "exec format error: Error: crun: exec format error: OCI not found")]
    public void Tells_podmans_failures_from_its_guests(int status, string errors, bool killed, int? exitStatus, string? fault) => Assert.Equal(
        new InstanceEnd(exitStatus, fault),
        PodmanEnd.Of(new ProcessOutcome(new ProcessEnd(status, null), 0, errors.Length == 0 ? [] : [errors]), Limits, killed));

    [Fact]
    public void Keeps_podman_within_the_hosts_limits()
    {
        string[] limits =
        [
            "Limit                     Soft Limit           Hard Limit           Units     ",
            "Max processes             96364                96364                processes ",
            "Max open files            1024                 20000                files     ",
            "Max locked memory         8388608              8388608              bytes     ",
        ];
        Assert.Equal(["--ulimit", "nproc=32768:32768", "--ulimit", "nofile=1024:20000"], ResourceLimits.Options(limits));
        Assert.Empty(ResourceLimits.Options(["Max processes             unlimited            unlimited            processes "]));
    }

    [Fact]
    public async Task Podman_touches_nothing_of_the_users()
    {
        string[] places = ["/var/lib/containers", "/run/containers", "/run/libpod", "/run/crun", "/run/runc", "/etc/cni/net.d", "/dev/shm"];
        var before = Listing(places);
        await using var target = await engines.PrepareAsync("podman");
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(engines.Launch("--list"), new RecordingConsole(), Cancellation));
        Assert.Equal(before, Listing(places));
    }

    [Fact]
    public async Task A_cancelled_podman_container_is_not_in_the_way_of_the_next()
    {
        await using var target = await engines.PrepareAsync("podman");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var launch = engines.Launch("hang");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => target.RunAsync(launch, new RecordingConsole(_ => stop.Cancel()), stop.Token));

        Assert.Equal(
            new InstanceEnd(0, null),
            await target.RunAsync(engines.Launch("--list") with { Label = launch.Label }, new RecordingConsole(), Cancellation));
        Assert.DoesNotContain(
            File.ReadLines("/proc/self/mounts"), line => line.Contains(engines.Session.ScratchDirectory, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_private_libvirt_daemon_ends_with_its_session_and_leaves_nothing()
    {
        var run = $"{EngineFixture.Run}l";
        using var scratch = RunScratch.Create(run);
        await using (var session = new TargetSession(run, scratch.DirectoryPath, EnclosureProgram.Find(), SmallProgram.Find))
        {
            var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse("lxc"), session);
            var availability = await target.TryAsync(Cancellation);
            Assert.SkipUnless(availability.Usable, $"lxc: {availability.Reason}");
            Assert.NotEmpty(InstanceProcesses.Find(value => value == session.Label("lxc")));
        }

        Assert.Empty(InstanceProcesses.Find(value => value.StartsWith(RunScratch.Prefix + run, StringComparison.Ordinal)));
        Assert.Empty(ControlGroups.Find(name => name.Contains(RunScratch.Prefix + run, StringComparison.Ordinal)));
        Assert.Empty(Directory.GetDirectories(scratch.DirectoryPath, "lxc-*"));
    }

    [Theory]
    [InlineData("podman")]
    [InlineData("lxc")]
    [InlineData("nspawn")]
    public async Task What_a_killed_run_left_is_found(string name)
    {
        await using var target = await engines.PrepareAsync(name);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var launch = engines.Launch("hang");
        IReadOnlyList<Leftover> processes = [], groups = [];
        // As if the run were dead: its leftovers are looked for while its guest lives.
        var dead = new LeftoverScope(engines.Session.Run, new HashSet<string>());
        var console = new RecordingConsole(_ =>
        {
            processes = new ProcessLeftovers().FindAsync(dead, CancellationToken.None).GetAwaiter().GetResult();
            groups = new ControlGroupLeftovers().FindAsync(dead, CancellationToken.None).GetAwaiter().GetResult();
            stop.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.RunAsync(launch, console, stop.Token));
        Assert.Contains(processes, found => found.What.Contains(launch.Label, StringComparison.Ordinal));
        Assert.Contains(groups, found => found.Id.Contains(launch.Label, StringComparison.Ordinal));
    }

    private static List<string> Listing(IEnumerable<string> places) =>
    [
        .. places.Where(Directory.Exists)
            .SelectMany(place => Directory.EnumerateFileSystemEntries(place, "*", SearchOption.AllDirectories).Prepend(place)).Order(),
    ];
}
