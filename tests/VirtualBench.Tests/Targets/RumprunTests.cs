using VirtualBench.Campaign;
using VirtualBench.Guests;
using VirtualBench.Host;
using VirtualBench.Protocol;
using VirtualBench.Targets;
using VirtualBench.Targets.Processes;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Tests.Targets;

/// <summary>Guests on a real Rumprun, good and bad. Needs a toolchain: VIRTUALBENCH_RUMPRUN.</summary>
[Collection("engines")]
public sealed class RumprunTests(EngineFixture engines)
{
    private const string Name = "rumprun:tcg@x64";

    /// <summary>A program that ends as a guest must not.</summary>
    private const string BadProgram = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        int main(int argc, char **argv) {
            printf("about to %s", argv[1]); fflush(stdout);
            if (!strcmp(argv[1], "trap")) *(volatile int *)8 = 1;
            if (!strcmp(argv[1], "abort")) abort();
            for (;;);
        }
        """;

    // Baked once for all tests: it takes seconds.
    private static string? baked, badlyBaked;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Speaks_the_protocol_with_the_same_probes_as_every_other_guest()
    {
        await using var target = await PrepareAsync();
        var console = new ConsoleRecorder(() => { });
        var launch = Launch(
            "--iteration-ms=1", "--max=3", "--min=3", "cpu.primes", "cpu.fma", "os.clock", "os.thread", "os.syscall", "os.pipe", "mem.fault",
            "mem.latency{bytes=4194304,hugepages=yes}");
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(launch, console, Cancellation));
        var transcript = TranscriptReader.Read(console.Finish());
        Assert.Null(transcript.Fault);
        Assert.All(transcript.Sections, section => Assert.Equal(Program().ArchiveSha256, section.Build));
        Assert.Equal(
            ["os.pipe", "mem.fault"], transcript.Sections.Where(s => s.State == SectionState.Unsupported).Select(s => s.Probe));
        Assert.Equal(6, transcript.Sections.Count(s => s.State == SectionState.Complete));

        // Rumprun leaves AVX off; the processor that TCG makes has it.
        Assert.Contains(transcript.Lines, line => line.Text == "// VB: note width=256");
    }

    [Fact]
    public async Task Its_clock_is_right_however_long_a_probe_computes()
    {
        await using var target = await PrepareAsync();
        var console = new RecordingConsole();
        var launch = Launch("--iteration-ms=1200", "--warmup=1", "--max=2", "--min=2", "cpu.primes", "os.clock");
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(launch, console, Cancellation));
    }

    [Fact]
    public async Task Hands_on_the_status_of_the_program()
    {
        await using var target = await PrepareAsync();
        Assert.Equal(new InstanceEnd(2, null), await target.RunAsync(Launch("--nonsense"), new RecordingConsole(), Cancellation));
        Assert.Equal(new InstanceEnd(1, null), await target.RunAsync(Launch("no.probe"), new RecordingConsole(), Cancellation));
    }

    [Theory]
    [InlineData("trap", "the program was stopped by a trap: page fault at ")]
    [InlineData("abort", "the program aborted")]
    public async Task Says_in_one_line_what_killed_the_program(string how, string fault)
    {
        var launch = Launch(how);
        var end = await RunBadProgramAsync(launch, new RecordingConsole(), Cancellation);
        Assert.Null(end.ExitStatus);
        Assert.StartsWith(fault, end.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', end.Fault!);
        Assert.Empty(Leftovers(launch));
    }

    [Fact]
    public async Task A_panic_is_one_line()
    {
        await using var target = await PrepareAsync();
        var boot = new MachineBoot(baked!, null, new string('x', 5000));
        var launch = Launch();
        var end = await Engine().RunAsync(launch, boot, new RumprunEnd(), new RecordingConsole(), Cancellation);
        Assert.StartsWith("Rumprun panicked: command line too long", end.Fault, StringComparison.Ordinal);
        Assert.Empty(Leftovers(launch));
    }

    [Fact]
    public async Task Ends_a_guest_that_would_not_when_cancelled()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var console = new RecordingConsole(c =>
        {
            if (c.Text.Contains("about to hang", StringComparison.Ordinal))
            {
                deadline.Cancel();
            }
        });
        var launch = Launch("hang");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunBadProgramAsync(launch, console, deadline.Token));
        Assert.Contains("about to hang", console.Text, StringComparison.Ordinal);
        Assert.Empty(Leftovers(launch));
    }

    [Fact]
    public async Task An_image_of_other_probes_is_refused_and_one_of_ours_runs_without_the_toolchain()
    {
        await using var target = await PrepareAsync();
        await using var other = Create(baked);
        Assert.Matches(@"^Rumprun baked image [0-9a-f]{12}, QEMU ", (await other.FindAsync(Cancellation)).Version);
        var stranger = Program() with { ArchiveSha256 = new string('0', 64) };
        var refusal = await Assert.ThrowsAsync<TargetException>(() => other.PrepareAsync([stranger], Cancellation));
        Assert.Contains("was baked from other probes", refusal.Message, StringComparison.Ordinal);
        await other.PrepareAsync([Program()], Cancellation);
        Assert.Equal(new InstanceEnd(0, null), await other.RunAsync(Launch("--list"), new RecordingConsole(), Cancellation));
    }

    [Fact]
    public async Task What_the_toolchain_cannot_build_is_one_line_and_nothing_is_left()
    {
        var toolchain = RumprunToolchain.Find(UserImages.Get(UserImages.Rumprun));
        var directory = engines.Session.NewScratchDirectory("broken");
        var source = Path.Combine(directory, "broken.c");
        await File.WriteAllTextAsync(source, "int main(void) { return missing; }", Cancellation);
        var before = Directory.GetFileSystemEntries("/tmp", "rumprun-bake.*");
        var refusal = await Assert.ThrowsAsync<TargetException>(() => toolchain.BakeAsync([source], directory, "", Cancellation));
        Assert.Contains("'missing' undeclared", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Empty(Directory.GetFileSystemEntries("/tmp", "rumprun-bake.*").Except(before));
    }

    [Theory]
    [InlineData(null, "--image rumprun=PATH", "not part of this program")]
    [InlineData("/no/such/path", null, "does not exist")]
    [InlineData("/usr", null, "is no Rumprun toolchain: there is no x86_64-rumprun-netbsd-gcc in it")]
    [InlineData("/proc/self/exe", null, "no multiboot header")]
    [InlineData("/etc/passwd", null, "no Rumprun image")]
    public async Task What_is_neither_toolchain_nor_image_is_said_before_anything_starts(string? path, string? remedy, string reason)
    {
        await using var target = Create(path);
        foreach (var availability in new[] { await target.FindAsync(Cancellation), await target.TryAsync(Cancellation) })
        {
            Assert.Equal((false, remedy), (availability.Usable, availability.Remedy));
            Assert.Contains(reason, availability.Reason, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', availability.Reason!);
        }

        await Assert.ThrowsAsync<TargetException>(() => target.PrepareAsync([], Cancellation));
    }

    [Theory]
    [InlineData("rumprun:xen@x64", "has no variant 'xen'")]
    [InlineData("rumprun@arm64", "x64 only")]
    public async Task What_it_cannot_be_is_said(string name, string reason)
    {
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse(name), engines.Session);
        var availability = await target.TryAsync(Cancellation);
        Assert.False(availability.Usable);
        Assert.Contains(reason, availability.Reason, StringComparison.Ordinal);
        Assert.NotNull(availability.Remedy);
    }

    [Fact]
    public async Task Has_no_dotnet()
    {
        await using var target = Create(null);
        Assert.Null(target.WhyNot("c"));
        Assert.Contains(".NET", target.WhyNot("cs"), StringComparison.Ordinal);
    }

    private async Task<InstanceEnd> RunBadProgramAsync(Launch launch, RecordingConsole console, CancellationToken cancellation)
    {
        await using var target = await PrepareAsync();
        if (badlyBaked is null)
        {
            var directory = engines.Session.NewScratchDirectory("bad");
            var source = Path.Combine(directory, "bad.c");
            await File.WriteAllTextAsync(source, BadProgram, Cancellation);
            var toolchain = RumprunToolchain.Find(UserImages.Get(UserImages.Rumprun));
            badlyBaked = await toolchain.BakeAsync([source], directory, "", Cancellation);
        }

        var boot = new MachineBoot(badlyBaked, null, $$"""{"cmdline":"bad {{launch.Arguments[0]}}"}""");
        return await Engine().RunAsync(launch, boot, new RumprunEnd(), console, cancellation);
    }

    private LibvirtEngine Engine() => new(engines.Session, new VirtualMachineModel(GuestArchitecture.X64, Hardware: false));

    private RumprunTarget Create(string? image) => new(
        TargetCatalogue.Standard.Parse(Name),
        new TargetSession(
            engines.Session.Run, engines.Session.ScratchDirectory, null, SmallProgram.Find,
            images: image is null ? null : new Dictionary<string, string> { [UserImages.Rumprun] = image }));

    private async Task<RumprunTarget> PrepareAsync()
    {
        var program = Program();
        var target = Create(baked ?? UserImages.Get(UserImages.Rumprun));
        var found = await target.FindAsync(Cancellation);
        Assert.SkipUnless(found.Usable, $"{Name}: {found.Reason}");
        await target.PrepareAsync([program], Cancellation);
        baked ??= target.ImagePath;
        return target;
    }

    private static GuestProgram Program()
    {
        var program = BuildOutput.FindProgram("c", GuestArchitecture.X64);
        Assert.SkipWhen(program is null, "the guest program has not been built");
        return program!;
    }

    private Launch Launch(params string[] arguments) => engines.Launch(arguments) with { Program = Program() };

    private static IEnumerable<string> Leftovers(Launch launch) =>
        InstanceProcesses.Find(value => value == launch.Label).Select(found => $"process {found.Process}");
}
