using System.Diagnostics;
using VirtualBench.Guests;
using VirtualBench.Host;
using VirtualBench.Targets;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Targets;

/// <summary>Linux guests, good and bad, under a real QEMU.</summary>
[Collection("engines")]
public sealed class VirtualMachineTests(EngineFixture engines)
{
    private const long MemoryBytes = 128 << 20;

    private static Availability? tried;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hands_on_output_status_and_phases()
    {
        await using var target = await PrepareAsync();
        var console = new RecordingConsole();
        var launch = Launch("status", "3");
        var end = await target.RunAsync(launch, console, Cancellation);
        Assert.Equal(new InstanceEnd(3, null), end);
        Assert.Contains("ending\n", console.Text, StringComparison.Ordinal);
        Assert.Equal(["accepted", "started"], console.Phases);
        Assert.Empty(Leftovers(launch));
    }

    [Fact]
    public async Task Hands_on_bytes_as_they_are()
    {
        await using var target = await PrepareAsync();
        var console = new RecordingConsole();
        var end = await target.RunAsync(Launch("garbage"), console, Cancellation);
        Assert.Equal(new InstanceEnd(0, null), end);
        var expected = Enumerable.Range(0, 70000).Select(i => (byte)(i * 7)).ToArray();
        Assert.True(
            console.Bytes.AsSpan().IndexOf(expected) >= 0, $"{console.Length} bytes came, and the guest's are not whole among them");
    }

    [Fact]
    public async Task Names_the_signal_that_killed_the_program()
    {
        await using var target = await PrepareAsync();
        var end = await target.RunAsync(Launch("segv"), new RecordingConsole(), Cancellation);
        Assert.Null(end.ExitStatus);
        Assert.Contains("signal 11", end.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_a_guest_that_hangs_when_cancelled()
    {
        await using var target = await PrepareAsync();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var console = new RecordingConsole(c =>
        {
            if (c.Text.Contains("hanging", StringComparison.Ordinal))
            {
                deadline.Cancel();
            }
        });
        var launch = Launch("hang");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.RunAsync(launch, console, deadline.Token));
        Assert.Empty(Leftovers(launch));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(200)]
    public async Task Can_be_cancelled_at_any_time(int milliseconds)
    {
        await using var target = await PrepareAsync();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(milliseconds);
        var launch = Launch("hang");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.RunAsync(launch, new RecordingConsole(), deadline.Token));
        Assert.Empty(Leftovers(launch));
    }

    [Fact]
    public async Task Ends_a_guest_that_prints_without_end_when_cancelled()
    {
        await using var target = await PrepareAsync();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var console = new RecordingConsole(c =>
        {
            if (c.Length > 256 << 10)
            {
                deadline.Cancel();
            }
        });
        var launch = Launch("flood");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.RunAsync(launch, console, deadline.Token));
        Assert.Empty(Leftovers(launch));
    }

    [Fact]
    public async Task Ends_the_guest_when_the_console_throws()
    {
        await using var target = await PrepareAsync();
        var launch = Launch("flood");
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
        var console = new RecordingConsole(_ => allowed ??= AllowedProcessors(launch));
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(launch, console, Cancellation));
        Assert.Equal("1", allowed);
    }

    [Fact]
    public async Task A_kernel_without_room_is_a_fault()
    {
        await using var target = await PrepareAsync();
        var launch = Launch("status", "0");
        launch = launch with { Resources = launch.Resources with { MemoryBytes = 24 << 20 } };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            var end = await target.RunAsync(launch, new RecordingConsole(), deadline.Token);
            Assert.NotNull(end.Fault);
            Assert.Null(end.ExitStatus);
        }
        catch (TargetException e)
        {
            Assert.DoesNotContain('\n', e.Message); // QEMU itself refused
        }

        Assert.Empty(Leftovers(launch));
    }

    [Fact]
    public async Task The_other_architecture_runs_translated()
    {
        var foreign = TargetName.HostArchitecture == GuestArchitecture.X64 ? GuestArchitecture.Arm64 : GuestArchitecture.X64;
        var program = BuildOutput.FindProgram("c", foreign);
        Assert.SkipWhen(program is null, $"the guest program for {foreign} has not been built");
        Assert.SkipUnless(File.Exists(BuildOutput.GuestInit(foreign)), $"PID 1 for {foreign} has not been built");
        await using var target = TargetCatalogue.Standard.Create(
            TargetCatalogue.Standard.Parse("qemu@" + TargetName.ArchitectureName(foreign)), engines.Session);
        var emulator = foreign == GuestArchitecture.Arm64 ? "qemu-system-aarch64" : "qemu-system-x86_64";
        Assert.SkipWhen(ProgramPath.Find(emulator) is null, emulator + " is not installed");
        await target.PrepareAsync([program!], Cancellation);
        var console = new RecordingConsole();
        var launch = Launch("--list") with { Program = program! };
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(launch, console, Cancellation));
        Assert.Contains("cpu.primes\t", console.Text, StringComparison.Ordinal);
        Assert.Equal(Acceleration.Emulation, target.Acceleration);
    }

    [Fact]
    public async Task Hardware_is_judged_within_seconds()
    {
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse("kvm"), engines.Session);
        var watch = Stopwatch.StartNew();
        var availability = await target.TryAsync(Cancellation);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        if (!File.Exists("/dev/kvm"))
        {
            Assert.False(availability.Usable);
        }

        Assert.True(availability is { Usable: true, OnRequest: false } || availability.Reason is not null);
    }

    [Fact]
    public async Task Hardware_of_another_architecture_is_refused()
    {
        var foreign = TargetName.HostArchitecture == GuestArchitecture.X64 ? "arm64" : "x64";
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse("kvm@" + foreign), engines.Session);
        var availability = await target.TryAsync(Cancellation);
        Assert.False(availability.Usable);
        Assert.Contains("qemu@" + foreign, availability.Reason, StringComparison.Ordinal);
    }

    /// <summary>As the fixture does it, but tried once: each try boots a guest.</summary>
    private async Task<ITarget> PrepareAsync()
    {
        tried ??= await TryAsync();
        Assert.SkipUnless(tried.Usable, $"qemu: {tried.Reason}");
        var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse("qemu"), engines.Session);
        await target.PrepareAsync([SmallProgram.Get()], Cancellation);
        return target;
    }

    private async Task<Availability> TryAsync()
    {
        _ = SmallProgram.Get();
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse("qemu"), engines.Session);
        return await target.TryAsync(Cancellation);
    }

    private Launch Launch(params string[] arguments)
    {
        var launch = engines.Launch(arguments);
        return launch with { Resources = launch.Resources with { MemoryBytes = MemoryBytes } };
    }

    private static string? AllowedProcessors(Launch launch) =>
        InstanceProcesses.Find(value => value == launch.Label)
            .SelectMany(found => File.ReadLines($"/proc/{found.Process}/status"))
            .FirstOrDefault(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal))?.Split('\t')[1];

    private static IEnumerable<string> Leftovers(Launch launch) =>
        InstanceProcesses.Find(value => value == launch.Label).Select(found => $"process {found.Process}");
}
