using VirtualBench.Guests;
using VirtualBench.Guests.Osv;
using VirtualBench.Host;
using VirtualBench.Targets;
using VirtualBench.Targets.Processes;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Tests.Targets;

/// <summary>Guests on a real OSv, good and bad. Needs a loader: VIRTUALBENCH_OSV, VIRTUALBENCH_OSV_ARM64.</summary>
[Collection("engines")]
public sealed class OsvTests(EngineFixture engines)
{
    private const long MemoryBytes = 96 << 20;
    private static readonly string Own = UserImages.ImageOf(TargetName.HostArchitecture);
    private static Availability? tried;

    public static TheoryData<string, string> Guests { get; } = new(
        from image in new[] { GuestArchitecture.X64, GuestArchitecture.Arm64 }.Select(UserImages.ImageOf)
        from implementation in new[] { "c", "cs" }
        select (image, implementation));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hands_on_output_status_and_phases()
    {
        await using var target = await PrepareAsync();
        var console = new RecordingConsole();
        var launch = Launch("status", "3");
        Assert.Equal(new InstanceEnd(3, null), await target.RunAsync(launch, console, Cancellation));
        Assert.Contains("\nending\r\n", console.Text, StringComparison.Ordinal);
        Assert.Equal(["accepted", "started"], console.Phases);
        Assert.Empty(Leftovers(launch));
    }

    [Theory, MemberData(nameof(Guests))]
    public async Task Runs_the_file_that_linux_runs(string name, string implementation)
    {
        _ = UserImages.Get(name);
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse(name), engines.Session);
        var found = await target.FindAsync(Cancellation);
        Assert.SkipUnless(found.Usable, $"{name}: {found.Reason}");
        Assert.Matches(@"^OSv v\d\S+, QEMU ", found.Version);
        var program = BuildOutput.FindProgram(implementation, target.Name.Architecture);
        Assert.SkipWhen(program is null, $"the guest program for {name} has not been built");
        await target.PrepareAsync([program!], Cancellation);
        var console = new RecordingConsole();
        var launch = Launch("--list") with { Program = program! };
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(launch, console, Cancellation));
        Assert.Contains("\ncpu.primes\tlimit=10000\r\n", console.Text, StringComparison.Ordinal);
        Assert.Contains("\nos.clock\t\r\n", console.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_is_unsupported_and_goes_on()
    {
        await using var target = await PrepareAsync();
        var program = BuildOutput.FindProgram("c", target.Name.Architecture);
        Assert.SkipWhen(program is null, "the guest program has not been built");
        await target.PrepareAsync([program!], Cancellation);
        var console = new RecordingConsole();
        var launch = Launch(
            "--iteration-ms=1", "--budget-ms=50", "--min=1", "--max=1", "os.pipe", "os.clock", "mem.latency{bytes=33554432,hugepages=yes}");
        launch = launch with { Program = program! };
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(launch, console, Cancellation));
        Assert.Contains("// VB: unsupported reason=this system starts no second process\r\n", console.Text, StringComparison.Ordinal);
        Assert.Contains("// VB: unsupported reason=no huge pages to be had\r\n", console.Text, StringComparison.Ordinal);
        Assert.Contains("\nWorkloadResult   1: ", console.Text, StringComparison.Ordinal);
        Assert.Contains("// VB: end sections=3 failed=0\r\n", console.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("segv", "page fault in the program")]
    [InlineData("abort", "SIGABRT")]
    public async Task Names_what_killed_the_program(string how, string fault)
    {
        await using var target = await PrepareAsync();
        var launch = Launch(how);
        var end = await target.RunAsync(launch, new RecordingConsole(), Cancellation);
        Assert.Null(end.ExitStatus);
        Assert.Contains(fault, end.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', end.Fault!);
        Assert.Empty(Leftovers(launch));
    }

    [Fact]
    public async Task Says_that_a_program_is_none()
    {
        await using var target = await PrepareAsync();
        var file = Path.Combine(engines.Session.NewScratchDirectory("text"), "program");
        File.WriteAllText(file, "no program");
        var program = new GuestProgram("c", TargetName.HostArchitecture, file, new string('f', 64), new string('f', 64));
        await target.PrepareAsync([program], Cancellation);
        var end = await target.RunAsync(Launch() with { Program = program }, new RecordingConsole(), Cancellation);
        Assert.Null(end.ExitStatus);
        Assert.StartsWith("OSv ", end.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', end.Fault!);
    }

    [Theory]
    [InlineData("hang", "hanging")]
    [InlineData("flood", "flood")]
    public async Task Ends_a_guest_that_would_not_when_cancelled(string how, string sign)
    {
        await using var target = await PrepareAsync();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var console = new RecordingConsole(c =>
        {
            if (c.Length > 64 << 10 || (how == "hang" && c.Text.Contains(sign, StringComparison.Ordinal)))
            {
                deadline.Cancel();
            }
        });
        var launch = Launch(how);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.RunAsync(launch, console, deadline.Token));
        Assert.Contains(sign, console.Text, StringComparison.Ordinal);
        Assert.Empty(Leftovers(launch));
    }

    [Fact]
    public async Task Ends_the_guest_when_the_console_throws()
    {
        await using var target = await PrepareAsync();
        var launch = Launch("hang");
        var console = new RecordingConsole(_ => throw new InvalidDataException("enough"));
        await Assert.ThrowsAsync<InvalidDataException>(() => target.RunAsync(launch, console, Cancellation));
        Assert.Empty(Leftovers(launch));
    }

    [Fact]
    public async Task Runs_on_the_processors_it_was_given()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "needs two processors");
        await using var target = await PrepareAsync();
        var launch = Launch("status", "0");
        launch = launch with { Resources = launch.Resources with { HostCpus = [1] } };
        string? allowed = null;
        var console = new RecordingConsole(_ => allowed ??= InstanceProcesses.Find(value => value == launch.Label)
            .SelectMany(found => File.ReadLines($"/proc/{found.Process}/status"))
            .FirstOrDefault(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)));
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(launch, console, Cancellation));
        Assert.Equal("Cpus_allowed_list:\t1", allowed);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a;b")]
    [InlineData("$HOME")]
    [InlineData("\"")]
    public async Task An_argument_that_osv_would_change_is_refused(string argument)
    {
        await using var target = await PrepareAsync();
        var refusal = await Assert.ThrowsAsync<TargetException>(
            () => target.RunAsync(Launch(argument), new RecordingConsole(), Cancellation));
        Assert.Contains("argument", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task A_guest_without_room_is_a_fault()
    {
        await using var target = await PrepareAsync();
        var launch = Launch("status", "0");
        launch = launch with { Resources = launch.Resources with { MemoryBytes = 6 << 20 } };
        await AssertFails(launch, deadline => target.RunAsync(launch, new RecordingConsole(), deadline));
    }

    [Fact]
    public async Task A_disk_that_holds_no_file_system_is_a_fault()
    {
        var disk = await WriteAsync(new byte[1 << 20]);
        await AssertBootFails(UserImages.Get(Own), disk);
    }

    [Fact]
    public async Task A_loader_whose_code_is_damaged_is_a_fault()
    {
        var image = await File.ReadAllBytesAsync(UserImages.Get(Own), Cancellation);
        image.AsSpan(image.Length / 4, image.Length / 4).Clear();
        await AssertBootFails(await WriteAsync(image), null);
    }

    [Theory]
    [InlineData(null, "--image osv=FILE", "not part of this program")]
    [InlineData("/no/such/file", null, "does not exist")]
    [InlineData("/usr", null, "is a directory")]
    [InlineData("/proc/self/exe", null, "no OSv loader")]
    public async Task A_loader_that_is_none_is_said_before_anything_starts(string? file, string? remedy, string reason)
    {
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse("osv"), WithImage(file));
        foreach (var availability in new[] { await target.FindAsync(Cancellation), await target.TryAsync(Cancellation) })
        {
            Assert.Equal((false, remedy), (availability.Usable, availability.Remedy));
            Assert.Contains(reason, availability.Reason, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', availability.Reason!);
        }

        await Assert.ThrowsAsync<TargetException>(() => target.PrepareAsync([], Cancellation));
    }

    [Theory]
    [InlineData("osv:firecracker", "osv:kvm and osv:tcg")]
    [InlineData("osv:kvm@arm64", "osv@arm64")]
    public async Task A_variant_that_cannot_be_is_said(string name, string reason)
    {
        Assert.SkipWhen(TargetName.HostArchitecture == GuestArchitecture.Arm64, "arm64 is no foreign architecture here");
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse(name), engines.Session);
        var availability = await target.TryAsync(Cancellation);
        Assert.False(availability.Usable);
        Assert.Contains(reason, availability.Reason, StringComparison.Ordinal);
    }

    private async Task AssertBootFails(string loader, string? disk)
    {
        _ = await PrepareAsync();
        var engine = new LibvirtEngine(engines.Session, OsvMachine.Model(TargetName.HostArchitecture, hardware: false));
        var launch = Launch("--list");
        var boot = new MachineBoot(loader, null, OsvBoot.CommandLine(TargetName.HostArchitecture, launch.Arguments), disk);
        await AssertFails(launch, deadline => engine.RunAsync(launch, boot, new OsvGuestEnd(), new RecordingConsole(), deadline));
    }

    private static async Task AssertFails(Launch launch, Func<CancellationToken, Task<InstanceEnd>> run)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            var end = await run(deadline.Token);
            Assert.NotNull(end.Fault);
            Assert.Null(end.ExitStatus);
        }
        catch (TargetException e)
        {
            Assert.DoesNotContain('\n', e.Message); // QEMU itself refused
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            // It hangs instead, which is what deadlines are for.
        }

        Assert.Empty(Leftovers(launch));
    }

    private async Task<string> WriteAsync(byte[] bytes)
    {
        var file = Path.Combine(engines.Session.NewScratchDirectory("image"), "file");
        await File.WriteAllBytesAsync(file, bytes, Cancellation);
        return file;
    }

    private static IEnumerable<string> Leftovers(Launch launch) =>
        InstanceProcesses.Find(value => value == launch.Label).Select(found => $"process {found.Process}");

    private TargetSession WithImage(string? file) => new(
        engines.Session.Run, engines.Session.ScratchDirectory, null, SmallProgram.Find,
        images: file is null ? null : new Dictionary<string, string> { [Own] = file });

    private Launch Launch(params string[] arguments)
    {
        var launch = engines.Launch(arguments);
        return launch with { Resources = launch.Resources with { MemoryBytes = MemoryBytes } };
    }

    private async Task<ITarget> PrepareAsync()
    {
        _ = UserImages.Get(Own);
        tried ??= await TryAsync();
        Assert.SkipUnless(tried.Usable, $"{Own}: {tried.Reason}");
        var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse(Own), engines.Session);
        await target.PrepareAsync([SmallProgram.Get()], Cancellation);
        return target;
    }

    private async Task<Availability> TryAsync()
    {
        _ = SmallProgram.Get();
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse(Own), engines.Session);
        return await target.TryAsync(Cancellation);
    }
}
