using System.Text;
using VirtualBench.Guests;
using VirtualBench.Targets;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Targets;

/// <summary>What is said when an engine, or the guest before main, breaks: one line with the cause.</summary>
[Collection("engines")]
public sealed class FaultTests(EngineFixture engines)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(EngineTests.Engines), MemberType = typeof(EngineTests))]
    public async Task Says_that_a_program_is_none(string name)
    {
        // bubblewrap looks for a shell that would read such a file, and there is none.
        var reason = name.StartsWith("bubblewrap", StringComparison.Ordinal) ? "no such file" : "exec format error";
        var file = Path.Combine(engines.Session.NewScratchDirectory("text"), "program");
        File.WriteAllText(file, "no program");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        var program = new GuestProgram("c", TargetName.HostArchitecture, file, new string('f', 64), new string('f', 64));
        await using var target = await engines.PrepareAsync(name);
        await target.PrepareAsync([program], Cancellation);
        var end = await target.RunAsync(engines.Launch() with { Program = program }, new RecordingConsole(), Cancellation);
        Assert.Null(end.ExitStatus);
        Assert.Contains(reason, end.Fault, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', end.Fault!);
    }

    [Theory]
    [InlineData("docker")]
    [InlineData("docker:crun")]
    [InlineData("oci:runc")]
    [InlineData("oci:crun")]
    public async Task Says_that_memory_ran_out(string name)
    {
        await using var target = await engines.PrepareAsync(name);
        var end = await target.RunAsync(engines.Launch("allocate", "512"), new RecordingConsole(), Cancellation);
        Assert.Null(end.ExitStatus);
        Assert.Contains("memory", end.Fault, StringComparison.Ordinal);
        Assert.Contains("64 MiB", end.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oci:nosuchruntime", "not installed")]
    [InlineData("oci:/etc/passwd", "not installed")]
    [InlineData("docker:nosuchruntime", "knows no runtime")]
    [InlineData("native:variant", "no variants")]
    public async Task An_engine_that_is_not_there_is_unusable_for_a_reason(string name, string reason)
    {
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse(name), engines.Session);
        var availability = await target.TryAsync(Cancellation);
        Assert.False(availability.Usable);
        Assert.SkipWhen(availability.Reason!.Contains("Docker daemon", StringComparison.Ordinal), availability.Reason);
        Assert.Contains(reason, availability.Reason, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(availability.Remedy));
    }

    [Fact]
    public async Task Code_of_another_architecture_is_not_native()
    {
        var other = TargetName.HostArchitecture == GuestArchitecture.X64 ? "native@arm64" : "native@x64";
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse(other), engines.Session);
        var availability = await target.TryAsync(Cancellation);
        Assert.False(availability.Usable);
        Assert.Contains("not native", availability.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_program_that_has_not_been_built_is_said_to_be_so()
    {
        await using var session = new TargetSession("x", engines.Session.ScratchDirectory, null, (_, _) => null);
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse("native"), session);
        var availability = await target.TryAsync(Cancellation);
        Assert.Equal((false, "./build.sh build"), (availability.Usable, availability.Remedy));
    }

    [Theory]
    [InlineData("unix:///no/such/socket", "no Docker daemon answers")]
    [InlineData("tcp://192.0.2.1:2375", "need not be this machine")]
    public async Task A_chosen_daemon_that_will_not_do_is_not_replaced_by_another(string host, string reason)
    {
        var before = Environment.GetEnvironmentVariable("DOCKER_HOST");
        Environment.SetEnvironmentVariable("DOCKER_HOST", host);
        try
        {
            await using var session = new TargetSession("x", engines.Session.ScratchDirectory, EnclosureProgram.Find(), SmallProgram.Find);
            await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse("docker"), session);
            var availability = await target.TryAsync(Cancellation);
            Assert.False(availability.Usable);
            Assert.Contains(reason, availability.Reason, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("DOCKER_HOST", before);
        }
    }

    [Fact]
    public async Task A_private_daemon_ends_with_its_session_and_leaves_nothing()
    {
        var run = $"{EngineFixture.Run}b";
        using var scratch = RunScratch.Create(run);
        await using (var session = new TargetSession(run, scratch.DirectoryPath, EnclosureProgram.Find(), SmallProgram.Find))
        {
            var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse("docker"), session);
            var availability = await target.TryAsync(Cancellation);
            Assert.SkipUnless(availability.Usable, $"docker: {availability.Reason}");
            var daemon = await session.Docker.GetAsync(Cancellation);
            Assert.SkipUnless(daemon.Private, "the host has a Docker daemon");
            Assert.NotEmpty(InstanceProcesses.Find(value => value == session.Label("docker")));
            // Without disposing the target: its image goes with the daemon.
        }

        Assert.Empty(InstanceProcesses.Find(value => value.StartsWith(RunScratch.Prefix + run, StringComparison.Ordinal)));
        Assert.Empty(ControlGroups.Find(name => name.StartsWith(RunScratch.Prefix + run, StringComparison.Ordinal)));
        Assert.DoesNotContain(File.ReadLines("/proc/self/mounts"), line => line.Contains(scratch.DirectoryPath, StringComparison.Ordinal));
        Assert.Empty(Directory.GetDirectories(scratch.DirectoryPath, "docker-*"));
    }

    [Fact]
    public void Keeps_the_last_line_of_the_errors_fit_to_print()
    {
        var tail = new ErrorTail();
        Assert.Null(tail.LastLine());
        tail.Add(Encoding.UTF8.GetBytes(new string('x', 10_000) + "\nlast\u001b[31m line\n\n"));
        Assert.Equal("last [31m line", tail.LastLine());
        tail.Add(Encoding.UTF8.GetBytes(new string('y', 10_000)));
        Assert.Equal(303, tail.LastLine()!.Length);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("""{"level":"warning","msg":"careful","time":"t"}""", null)]
    [InlineData("{\"level\":\"error\",\"msg\":\"runc run failed: a\",\"time\":\"t\"}\n{\"level\":\"err", "runc run failed: a")]
    public void Reads_a_runtimes_own_failure_from_its_log(string log, string? error) => Assert.Equal(error, OciInstance.LastError(log));
}
