using System.Diagnostics;
using VirtualBench.Guests;
using VirtualBench.Host;
using VirtualBench.Targets;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Targets;

/// <summary>What every engine that gives a guest its own Linux kernel has to do. Run on each that this host has.</summary>
[Collection("engines")]
public sealed class VirtualMachineTests(EngineFixture engines)
{
    private const long MemoryBytes = 128 << 20;

    private static readonly Dictionary<string, Availability> Tried = [];

    public static TheoryData<string> Machines { get; } = new("qemu", "microvm", "uml");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Machines))]
    public async Task Hands_on_output_status_and_phases(string name)
    {
        await using var target = await PrepareAsync(name);
        var console = new RecordingConsole();
        var launch = Launch("status", "3");
        var end = await target.RunAsync(launch, console, Cancellation);
        Assert.Equal(new InstanceEnd(3, null), end);
        Assert.Contains("ending\n", console.Text, StringComparison.Ordinal);
        Assert.Equal(["accepted", "started"], console.Phases);
        Assert.Empty(Leftovers(launch));
    }

    [Theory, MemberData(nameof(Machines))]
    public async Task Hands_on_bytes_as_they_are(string name)
    {
        await using var target = await PrepareAsync(name);
        var console = new RecordingConsole();
        var end = await target.RunAsync(Launch("garbage"), console, Cancellation);
        Assert.Equal(new InstanceEnd(0, null), end);
        var expected = Enumerable.Range(0, 70000).Select(i => (byte)(i * 7)).ToArray();
        Assert.True(
            console.Bytes.AsSpan().IndexOf(expected) >= 0, $"{console.Length} bytes came, and the guest's are not whole among them");
    }

    [Theory, MemberData(nameof(Machines))]
    public async Task Names_the_signal_that_killed_the_program(string name)
    {
        await using var target = await PrepareAsync(name);
        var end = await target.RunAsync(Launch("segv"), new RecordingConsole(), Cancellation);
        Assert.Null(end.ExitStatus);
        Assert.Contains("signal 11", end.Fault, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Machines))]
    public async Task Ends_a_guest_that_hangs_when_cancelled(string name)
    {
        await using var target = await PrepareAsync(name);
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
    [InlineData("qemu", 0)]
    [InlineData("qemu", 30)]
    [InlineData("qemu", 200)]
    [InlineData("microvm", 30)]
    [InlineData("microvm", 200)]
    [InlineData("uml", 30)]
    [InlineData("uml", 200)]
    [InlineData("uml", 800)]
    public async Task Can_be_cancelled_at_any_time(string name, int milliseconds)
    {
        await using var target = await PrepareAsync(name);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(milliseconds);
        var launch = Launch("hang");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.RunAsync(launch, new RecordingConsole(), deadline.Token));
        Assert.Empty(Leftovers(launch));
    }

    [Theory, MemberData(nameof(Machines))]
    public async Task Ends_a_guest_that_prints_without_end_when_cancelled(string name)
    {
        await using var target = await PrepareAsync(name);
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

    [Theory, MemberData(nameof(Machines))]
    public async Task Ends_the_guest_when_the_console_throws(string name)
    {
        await using var target = await PrepareAsync(name);
        var launch = Launch("flood");
        var console = new RecordingConsole(_ => throw new InvalidDataException("enough"));
        await Assert.ThrowsAsync<InvalidDataException>(() => target.RunAsync(launch, console, Cancellation));
        Assert.Empty(Leftovers(launch));
    }

    [Theory, MemberData(nameof(Machines))]
    public async Task Runs_on_the_processors_it_was_given(string name)
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "needs two processors");
        await using var target = await PrepareAsync(name);

        // One that stays until it has been looked at: of another the output may be read when its processes are gone.
        var launch = Launch("hang");
        launch = launch with { Resources = launch.Resources with { HostCpus = [1] } };
        using var seen = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        string? allowed = null;
        var console = new RecordingConsole(c =>
        {
            if (c.Text.Contains("hanging", StringComparison.Ordinal))
            {
                allowed ??= AllowedProcessors(launch);
                seen.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.RunAsync(launch, console, seen.Token));
        Assert.Equal("1", allowed);
    }

    [Theory]
    [InlineData("qemu", 24)]
    [InlineData("microvm", 24)]
    [InlineData("uml", 20)]
    [InlineData("uml", 8)]
    public async Task A_kernel_without_room_is_a_fault(string name, int mebibytes)
    {
        await using var target = await PrepareAsync(name);
        var launch = Launch("status", "0");
        launch = launch with { Resources = launch.Resources with { MemoryBytes = mebibytes << 20 } };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            var end = await target.RunAsync(launch, new RecordingConsole(), deadline.Token);
            Assert.NotNull(end.Fault);
            Assert.DoesNotContain('\n', end.Fault);
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

    [Theory]
    [InlineData("kvm")]
    [InlineData("microvm:kvm")]
    public async Task Hardware_is_judged_within_seconds(string name)
    {
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse(name), engines.Session);
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
    private async Task<ITarget> PrepareAsync(string name)
    {
        var program = SmallProgram.Get();
        var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse(name), engines.Session);
        if (!Tried.TryGetValue(name, out var tried))
        {
            Tried[name] = tried = await target.TryAsync(Cancellation);
        }

        Assert.SkipUnless(tried.Usable, $"{name}: {tried.Reason}");
        await target.PrepareAsync([program], Cancellation);
        return target;
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

    /// <summary>
    /// By the environment, and by the command line: the processes in which user-mode Linux runs its guest's have the latter only.
    /// </summary>
    private static IEnumerable<string> Leftovers(Launch launch) =>
        InstanceProcesses.Find(value => value == launch.Label).Select(found => $"process {found.Process}")
            .Concat(Directory.EnumerateDirectories("/proc").Where(directory => Mentions(directory, launch.ScratchDirectory)));

    private static bool Mentions(string process, string text)
    {
        try
        {
            return File.ReadAllText(process + "/cmdline").Contains(text + "/", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // no process, or ended meanwhile
        }
    }
}
