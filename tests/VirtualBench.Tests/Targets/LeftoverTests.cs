using System.Diagnostics;
using VirtualBench.Targets;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Leftovers;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Targets;

/// <summary>What a dead run left is found and goes; what a living run has is left alone.</summary>
[Collection("engines")]
public sealed class LeftoverTests(EngineFixture engines)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly string _run = $"dead{Guid.NewGuid():N}"[..12];

    private string Label => $"{RunScratch.Prefix}{_run}-7";

    [Fact]
    public async Task Finds_and_ends_a_process()
    {
        using var process =
            Process.Start(new ProcessStartInfo("setsid", ["sleep", "1000"]) { Environment = { [InstanceProcesses.Variable] = Label } })!;
        var found = Assert.Single(await FindUntilAsync(new ProcessLeftovers(), 1));
        Assert.Equal(("process", $"{process.Id}"), (found.Kind, found.Id));
        var removed = found.RemoveAsync(Cancellation);
        process.WaitForExit();
        await removed;
        Assert.Equal(137, process.ExitCode);
        await found.RemoveAsync(Cancellation);
        Assert.Empty(await FindAsync(new ProcessLeftovers()));
    }

    [Fact]
    public async Task Does_not_find_itself_or_who_started_it()
    {
        var ours = LeftoverScope.Now(null);
        Assert.DoesNotContain(await new ProcessLeftovers().FindAsync(ours, Cancellation), found => found.Id == $"{Environment.ProcessId}");
    }

    [Theory]
    [InlineData("/usr/bin/qemu-system-x86_64\0-name\0guest=virtualbench-r1-3,debug-threads=on", "virtualbench-r1-3")]
    [InlineData("dockerd\0--config-file\0/tmp/virtualbench-r1/docker-1/daemon.json", "virtualbench-r1")]
    [InlineData("/usr/bin/linux.uml\0mem=1G\0uml_dir=/tmp/virtualbench-r1/trial-2\0umid=uml", "virtualbench-r1")]
    [InlineData("vi\0/tmp/virtualbench-r1/log", null)]
    [InlineData("/usr/bin/qemu-system-x86_64\0-name\0guest=virtualbenchmark", null)]
    [InlineData("", null)]
    public void Knows_an_engine_by_its_command_line(string commandLine, string? label) =>
        Assert.Equal(label, ProcessLeftovers.LabelIn(commandLine));

    [Fact]
    public async Task Finds_and_removes_a_control_group_with_what_runs_in_it()
    {
        var mount = ControlGroups.Mounts().Select(m => m.Path).FirstOrDefault(path => path.EndsWith("/freezer", StringComparison.Ordinal))
            ?? ControlGroups.Mounts().Select(m => m.Path).FirstOrDefault();
        Assert.SkipWhen(mount is null || !Environment.IsPrivilegedProcess, "needs root and a cgroup file system");
        var group = Directory.CreateDirectory($"{mount}{ControlGroups.Parent}/{Label}/below").FullName;
        using var process = Process.Start("sleep", "1000");
        File.WriteAllText(group + "/cgroup.procs", $"{process.Id}");
        var found = await FindAsync(new ControlGroupLeftovers());
        Assert.Contains(found, f => f.Id == Path.GetDirectoryName(group));
        foreach (var leftover in found)
        {
            await leftover.RemoveAsync(Cancellation);
            await leftover.RemoveAsync(Cancellation);
        }

        process.WaitForExit();
        Assert.Empty(await FindAsync(new ControlGroupLeftovers()));
    }

    [Fact]
    public async Task Finds_and_removes_mounts_and_directories()
    {
        var directory = Path.Combine(Path.GetTempPath(), RunScratch.Prefix + _run);
        using (RunScratch.Create(_run))
        {
            Assert.Empty(await FindAsync(new ScratchLeftovers()));
        }

        Assert.False(Directory.Exists(directory));
        Directory.CreateDirectory(directory);
        Assert.Empty(await FindAsync(new ScratchLeftovers()));
        File.WriteAllText(Path.Combine(directory, "live"), "");
        if (Environment.IsPrivilegedProcess)
        {
            var point = Directory.CreateDirectory(Path.Combine(directory, "a mount")).FullName;
            using var mount = Process.Start("mount", ["-t", "tmpfs", "tmpfs", point]);
            mount.WaitForExit();
            Assert.Equal(0, mount.ExitCode);
            var blocked = Assert.Single(await FindAsync(new ScratchLeftovers()));
            await Assert.ThrowsAsync<TargetException>(() => blocked.RemoveAsync(Cancellation));
            var found = Assert.Single(await FindAsync(new MountLeftovers()));
            Assert.Equal(point, found.Id);
            await found.RemoveAsync(Cancellation);
            await found.RemoveAsync(Cancellation);
            Assert.Empty(await FindAsync(new MountLeftovers()));
        }

        var scratch = Assert.Single(await FindAsync(new ScratchLeftovers()));
        await scratch.RemoveAsync(Cancellation);
        await scratch.RemoveAsync(Cancellation);
        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public async Task Finds_a_container_that_a_runtime_still_has()
    {
        await using var target = await engines.PrepareAsync("oci:runc");
        using var scratch = RunScratch.Create(_run);
        var trial = Directory.CreateDirectory(Path.Combine(scratch.DirectoryPath, "trial-1")).FullName;
        var launch = engines.Launch("hang") with { Label = Label, ScratchDirectory = trial };
        var instance = new OciInstance(OciRuntime.Find("runc", engines.Session), launch);
        instance.WriteBundle();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        // Ends runc, and leaves the container, as when the run dies.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => GuestProcess.RunAsync(instance.Run(), new RecordingConsole(_ => stop.Cancel()), stop.Token));
        Assert.Empty(await FindAsync(new RuntimeStateLeftovers())); // the run lives
        Assert.Contains(ControlGroups.Find(name => name == Label), path => File.ReadAllText(path + "/cgroup.procs").Length > 0);

        var scope = new LeftoverScope(_run, new HashSet<string>());
        var (lives, state) = (LeftoverScope.Now(_run), Path.Combine(trial, OciInstance.StateName, Label));
        Assert.False(lives.Covers(Label));
        Assert.True(scope.Covers(Label));
        Assert.True(Directory.Exists(state));
        foreach (var found in await new ControlGroupLeftovers().FindAsync(scope, Cancellation))
        {
            await found.RemoveAsync(Cancellation);
        }

        await instance.DeleteAsync();
        Assert.False(Directory.Exists(state));
    }

    [Fact]
    public async Task Finds_labelled_containers_and_images_in_the_users_daemon()
    {
        await using var target = await engines.PrepareAsync("docker");
        var daemon = await engines.Session.Docker.GetAsync(Cancellation);
        var session = new TargetSession(_run, engines.Session.ScratchDirectory, null, SmallProgram.Find);
        var image = await DockerImages.LoadAsync(daemon.Client, session, target.Name, SmallProgram.Get(), Cancellation);
        var launch = engines.Launch("hang") with { Label = Label };
        var created =
            await daemon.Client.Containers.CreateContainerAsync(
                DockerContainer.Describe(target.Name, launch, image, holder: null), Cancellation);
        await daemon.Client.Containers.StartContainerAsync(created.ID, new(), Cancellation);

        var before = Environment.GetEnvironmentVariable("DOCKER_HOST");
        Environment.SetEnvironmentVariable("DOCKER_HOST", daemon.Endpoint);
        try
        {
            foreach (var kind in (ILeftovers[])[new DockerContainerLeftovers(), new DockerImageLeftovers()])
            {
                var found = Assert.Single(await FindAsync(kind));
                Assert.Contains(_run, found.What, StringComparison.Ordinal);
                await found.RemoveAsync(Cancellation);
                await found.RemoveAsync(Cancellation);
                Assert.Empty(await FindAsync(kind));
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable("DOCKER_HOST", before);
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("[]", "")]
    [InlineData("""[{"ifname":"lo"},{"ifname":"vboxnet0"},{"ifname":"vb-br0"},{}]""", "vb-br0")]
    public void Knows_our_links_by_name(string json, string names) =>
        Assert.Equal(names, string.Join(',', NetworkLeftovers.NamesIn(json, "ifname")));

    [Fact]
    public async Task Finds_and_removes_a_link()
    {
        using var add =
            Process.Start(new ProcessStartInfo("ip", ["link", "add", "vb-test0", "type", "veth"]) { RedirectStandardError = true })!;
        add.WaitForExit();
        Assert.SkipUnless(add.ExitCode == 0, "needs root and veth links");
        var found = await new NetworkLeftovers().FindAsync(new LeftoverScope(null, new HashSet<string>()), Cancellation);
        var link = Assert.Single(found, f => f.Id == "vb-test0");
        await link.RemoveAsync(Cancellation);
        await link.RemoveAsync(Cancellation);
    }

    [Fact]
    public void A_scope_covers_its_run_and_no_living_one()
    {
        var any = new LeftoverScope(null, new HashSet<string> { "b" });
        var one = new LeftoverScope("a", new HashSet<string> { "b" });
        Assert.Equal(
            (true, false, true), (any.Covers("virtualbench-a-1"), any.Covers("virtualbench-b-1"), any.Covers("virtualbench-bb-1")));
        Assert.Equal((true, true, false), (one.Covers("virtualbench-a"), one.Covers("virtualbench-a-2-1"), one.Covers("virtualbench-c-1")));
        Assert.False(any.Covers("somebody-else"));
    }

    private Task<IReadOnlyList<Leftover>> FindAsync(ILeftovers kind) => kind.FindAsync(LeftoverScope.Now(_run), Cancellation);

    private async Task<IReadOnlyList<Leftover>> FindUntilAsync(ILeftovers kind, int count)
    {
        for (var attempt = 0; attempt < 50 && (await FindAsync(kind)).Count < count; attempt++)
        {
            await Task.Delay(20, Cancellation);
        }

        return await FindAsync(kind);
    }
}
