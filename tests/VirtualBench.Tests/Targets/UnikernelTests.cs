using System.Text;
using VirtualBench.Campaign;
using VirtualBench.Guests;
using VirtualBench.Host;
using VirtualBench.Protocol;
using VirtualBench.Targets;
using VirtualBench.Targets.Processes;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Tests.Targets;

/// <summary>The reference unikernel as a target, under a real QEMU.</summary>
[Collection("engines")]
public sealed class UnikernelTests(EngineFixture engines)
{
    private static readonly string[] Exits = ["exit.io", "exit.mmio", "exit.hypercall", "exit.ipi"];

    public static TheoryData<string> Names { get; } = ["unikernel:tcg", "unikernel@arm64"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Names))]
    public async Task Speaks_the_protocol_with_the_same_probes_as_every_other_guest(string name)
    {
        await using var target = await PrepareAsync(name);
        var console = new ConsoleRecorder(() => { });
        var launch = Launch(target, "--iteration-ms=1", "--max=5", "--min=5", "cpu.primes", "os.syscall");
        var end = await target.RunAsync(launch, console, Cancellation);
        Assert.Equal(new InstanceEnd(0, null), end);
        var transcript = Read(console);
        Assert.Null(transcript.Fault);
        Assert.Equal([SectionState.Complete, SectionState.Unsupported], transcript.Sections.Select(s => s.State));
        Assert.Equal(BuildOutput.FindProgram("c", target.Name.Architecture)!.ArchiveSha256, transcript.Sections[0].Build);
        Assert.Contains("no processes", transcript.Sections[1].Reason, StringComparison.Ordinal);
        Assert.True(console.PhaseNs("accepted") <= console.PhaseNs("started") && console.PhaseNs("started") <= transcript.MainNs);
        Assert.Contains(transcript.Lines, l => l.Text.StartsWith("VBUNIKERNEL: boot entryToMainNs=", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Hands_on_the_status_of_the_program(string name)
    {
        await using var target = await PrepareAsync(name);
        Assert.Equal(new InstanceEnd(2, null), await target.RunAsync(Launch(target, "--nonsense"), new RecordingConsole(), Cancellation));
        Assert.Equal(new InstanceEnd(1, null), await target.RunAsync(Launch(target, "no.probe"), new RecordingConsole(), Cancellation));
    }

    [Theory]
    [InlineData("unikernel:tcg", "null")]
    [InlineData("unikernel:tcg", "undefined")]
    [InlineData("unikernel:tcg", "stack")]
    [InlineData("unikernel:tcg", "memory")]
    [InlineData("unikernel@arm64", "null")]
    [InlineData("unikernel@arm64", "undefined")]
    [InlineData("unikernel@arm64", "stack")]
    [InlineData("unikernel@arm64", "memory")]
    public async Task A_fault_is_one_clear_line_and_the_machine_ends(string name, string fault)
    {
        await using var target = await PrepareAsync(name);
        var launch = Launch(target, "vb.fault=" + fault, "--list");
        var end = await target.RunAsync(launch, new RecordingConsole(), Cancellation);
        Assert.Null(end.ExitStatus);
        Assert.StartsWith("the unikernel stopped: ", end.Fault, StringComparison.Ordinal);
        Assert.Empty(Leftovers(launch));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Measures_the_exits_that_no_process_can(string name)
    {
        await using var target = await PrepareAsync(name);
        var launch = Launch(target, ["--iteration-ms=1", "--max=3", "--min=3", "--warmup=1", .. Exits]);
        var console = new ConsoleRecorder(() => { });
        launch = launch with { Resources = launch.Resources with { VirtualCpus = 2, HostCpus = [] } };
        var end = await target.RunAsync(launch, console, Cancellation);
        Assert.Equal(new InstanceEnd(0, null), end);
        var sections = Read(console).Sections;
        Assert.Equal(Exits, sections.Select(s => s.Probe));
        Assert.All(sections, s => Assert.Equal((SectionState.Complete, null), (s.State, s.Reason)));
        Assert.All(sections, s => Assert.All(s.Results, r => Assert.True(r.NanosecondsPerOperation > 0)));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task One_processor_has_nobody_to_interrupt(string name)
    {
        await using var target = await PrepareAsync(name);
        var console = new ConsoleRecorder(() => { });
        await target.RunAsync(Launch(target, "exit.ipi"), console, Cancellation);
        Assert.Equal(SectionState.Unsupported, Assert.Single(Read(console).Sections).State);
    }

    [Fact]
    public async Task Ends_when_cancelled()
    {
        await using var target = await PrepareAsync("unikernel:tcg");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(1));
        var launch = Launch(target, "--iteration-ms=60000", "--min=100", "--max=100", "cpu.primes");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.RunAsync(launch, new RecordingConsole(), deadline.Token));
        Assert.Empty(Leftovers(launch));
    }

    [Fact]
    public async Task More_words_than_the_kernel_takes_are_refused()
    {
        await using var target = await PrepareAsync("unikernel:tcg");
        var launch = Launch(target, [.. Enumerable.Repeat("cpu.primes", 64)]);
        var refusal = await Assert.ThrowsAsync<TargetException>(() => target.RunAsync(launch, new RecordingConsole(), Cancellation));
        Assert.Contains("fewer probes", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unikernel:fast", "has no variant 'fast'")]
    [InlineData("unikernel:kvm@arm64", "host's own architecture")]
    public async Task What_it_cannot_be_is_said(string name, string reason)
    {
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse(name), engines.Session);
        var availability = await target.TryAsync(Cancellation);
        Assert.False(availability.Usable);
        Assert.Contains(reason, availability.Reason, StringComparison.Ordinal);
        Assert.NotNull(availability.Remedy);
    }

    [Fact]
    public async Task An_image_that_is_damaged_or_of_other_probes_is_one_clear_line()
    {
        var image = BuildOutput.Unikernel(GuestArchitecture.X64);
        Assert.SkipUnless(File.Exists(image), "the unikernel has not been built");
        Assert.SkipWhen(ProgramPath.Find("qemu-system-x86_64") is null, "qemu-system-x86_64 is not installed");
        var program = BuildOutput.FindProgram("c", GuestArchitecture.X64)!;
        var name = TargetCatalogue.Standard.Parse("unikernel:tcg@x64");
        var directory = engines.Session.NewScratchDirectory("image");

        // The hash overwritten: probes that nobody knows.
        var bytes = await File.ReadAllBytesAsync(image, Cancellation);
        var hash = Encoding.ASCII.GetBytes(program.ArchiveSha256);
        bytes.AsSpan(bytes.AsSpan().IndexOf(hash), hash.Length).Fill((byte)'0');
        var other = Path.Combine(directory, "other");
        await File.WriteAllBytesAsync(other, bytes, Cancellation);
        await using var stale = new UnikernelTarget(name, engines.Session, other);
        Assert.Contains(
            "other probes", (await Assert.ThrowsAsync<TargetException>(() => stale.PrepareAsync([program], Cancellation))).Message,
            StringComparison.Ordinal);

        // Its beginning overwritten, where QEMU looks for what it is.
        bytes = await File.ReadAllBytesAsync(image, Cancellation);
        bytes.AsSpan(0, 4096).Fill(0xa5);
        var damaged = Path.Combine(directory, "damaged");
        await File.WriteAllBytesAsync(damaged, bytes, Cancellation);
        await using var target = new UnikernelTarget(name, engines.Session, damaged);
        var found = await target.FindAsync(Cancellation);
        Assert.SkipUnless(found.Usable, found.Reason ?? "");
        await Assert.ThrowsAsync<TargetException>(() => target.PrepareAsync([program with { ArchiveSha256 = "none" }], Cancellation));
        await target.PrepareAsync([program], Cancellation);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        var refusal = await Assert.ThrowsAsync<TargetException>(
            () => target.RunAsync(Launch(target, "--list"), new RecordingConsole(), deadline.Token));
        Assert.Contains("libvirt cannot run the virtual machine", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task Has_no_dotnet()
    {
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse("unikernel"), engines.Session);
        Assert.Null(target.WhyNot("c"));
        Assert.Contains(".NET", target.WhyNot("cs"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("// VB: end sections=0 failed=0\nVBUNIKERNEL: boot entryToMainNs=1\nVBUNIKERNEL: exit 3\r\n", 3, null)]
    [InlineData("VBUNIKERNEL: fault: page fault address 0x0 at 0x1\nVBUNIKERNEL: exit 4\n", null, "page fault address 0x0")]
    [InlineData("VBUNIKERNEL: exit x\n", null, "no word")]
    [InlineData("an echo of VBUNIKERNEL: exit 0\n", null, "no word")]
    [InlineData("", null, "no word")]
    public void Its_end_is_read_from_its_last_words(string text, int? status, string? fault)
    {
        var end = new UnikernelEnd();
        end.Receive(Encoding.ASCII.GetBytes(text));
        var conclusion = end.Conclude("no word");
        Assert.Equal(status, conclusion.ExitStatus);
        Assert.Equal(fault is null, conclusion.Fault is null);
        Assert.Contains(fault ?? "", conclusion.Fault ?? "", StringComparison.Ordinal);
    }

    private async Task<ITarget> PrepareAsync(string name)
    {
        var target = new UnikernelTarget(TargetCatalogue.Standard.Parse(name), engines.Session);
        var program = BuildOutput.FindProgram("c", target.Name.Architecture);
        var isBuilt = program is not null && File.Exists(BuildOutput.Unikernel(target.Name.Architecture));
        Assert.SkipUnless(isBuilt, "the unikernel has not been built");
        var found = await target.FindAsync(Cancellation);
        Assert.SkipUnless(found.Usable, $"{name}: {found.Reason}");
        await target.PrepareAsync([program!], Cancellation);
        return target;
    }

    private Launch Launch(ITarget target, params string[] arguments)
    {
        var launch = engines.Launch(arguments);
        return launch with
        {
            Program = BuildOutput.FindProgram("c", target.Name.Architecture)!,
            Resources = launch.Resources with { MemoryBytes = 64 << 20 },
        };
    }

    private static Transcript Read(ConsoleRecorder console) => TranscriptReader.Read(console.Finish());

    private static IEnumerable<string> Leftovers(Launch launch) =>
        InstanceProcesses.Find(value => value == launch.Label).Select(found => $"process {found.Process}");
}
