using VirtualBench.Guests;
using VirtualBench.Guests.Linux;
using VirtualBench.Targets;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Tests.Targets;

/// <summary>QEMU started directly: how it is described, and what becomes of kernels that are none.</summary>
[Collection("engines")]
public sealed class MicrovmTests(EngineFixture engines)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "tcg", "max")]
    [InlineData(true, "kvm", "host")]
    public void The_command_line_has_what_was_asked(bool hardware, string accelerator, string processor)
    {
        var machine = new QemuMachine(GuestArchitecture.X64, hardware, "microvm") { Devices = ["-device", "isa-debug-exit"] };
        var arguments = machine.Arguments(
            "virtualbench-r-1", new Resources(2, 96 << 20, [0]), new MachineBoot("/k", null, "", Disk: "/a,b"));
        Assert.Equal("guest=virtualbench-r-1", After("-name"));
        Assert.Equal(("microvm", accelerator, processor), (After("-M"), After("-accel"), After("-cpu")));
        Assert.Equal(("2", "100663296B", "/k"), (After("-smp"), After("-m"), After("-kernel")));
        Assert.StartsWith("file=/a,,b,", After("-drive"), StringComparison.Ordinal);
        Assert.DoesNotContain("-initrd", arguments);
        Assert.DoesNotContain("-append", arguments);
        Assert.Contains("isa-debug-exit", arguments);

        string After(string option) => arguments[arguments.ToList().IndexOf(option) + 1];
    }

    [Theory]
    [InlineData("// BeforeAnythingElse\n// VB: hello version=1 probe=a impl=c clock=tsc clockHz=2095846512 build=0 nowNs=1\n", 2095847L)]
    [InlineData("// VB: hello version=1 probe=a impl=c clock=tsc clockHz=20958", null)]
    [InlineData("// VB: hello version=1 probe=a impl=c clock=clock_gettime clockHz=1000000000 build=0\n", null)]
    [InlineData("// VB: hello version=1 probe=a impl=c clock=tsc clockHz=99999999999999999999 build=0\n", null)]
    [InlineData("", null)]
    public void Reads_the_counters_rate(string transcript, long? khz) => Assert.Equal(khz, TimeStampCounter.KhzIn(transcript));

    [Fact]
    public async Task A_file_that_is_no_kernel_is_said_to_be_so()
    {
        var file = Path.Combine(engines.Session.NewScratchDirectory("kernel"), "vmlinux");
        File.WriteAllText(file, "no kernel");
        await using var session = WithKernel(file);
        await using var target = Create(session);
        var exception = await Assert.ThrowsAsync<TargetException>(() => target.PrepareAsync([SmallProgram.Get()], Cancellation));
        Assert.Contains("is not a kernel for x64", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_kernel_is_a_fault()
    {
        await using var whole = Create(engines.Session);
        var availability = await whole.TryAsync(Cancellation);
        Assert.SkipUnless(availability.Usable, $"microvm: {availability.Reason}");
        var kernel = new KernelCache().TryGetCached(GuestArchitecture.X64);
        Assert.SkipWhen(kernel is null, "no kernel in the cache");
        var image = await File.ReadAllBytesAsync(kernel!.Path, Cancellation);
        image.AsSpan(0x1000, 0x400000).Clear(); // the headers stay, and so does the note by which QEMU knows it
        var file = Path.Combine(engines.Session.NewScratchDirectory("kernel"), "vmlinux");
        await File.WriteAllBytesAsync(file, image, Cancellation);

        await using var session = WithKernel(file);
        await using var target = Create(session);
        await target.PrepareAsync([SmallProgram.Get()], Cancellation);
        var launch = engines.Launch("status", "0");
        launch = launch with { Resources = launch.Resources with { MemoryBytes = 128 << 20 } };
        var end = await target.RunAsync(launch, new RecordingConsole(), Cancellation);
        Assert.Null(end.ExitStatus);
        Assert.Contains("stopped before its program had ended", end.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("microvm@arm64", "x64 machine")]
    [InlineData("microvm:xen", "no variant")]
    public async Task What_it_is_not_it_does_not_try(string name, string reason)
    {
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse(name), engines.Session);
        var availability = await target.TryAsync(Cancellation);
        Assert.False(availability.Usable);
        Assert.Contains(reason, availability.Reason, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(availability.Remedy));
    }

    private static ITarget Create(TargetSession session) =>
        TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse("microvm@x64"), session);

    private TargetSession WithKernel(string file) =>
        new("x", engines.Session.ScratchDirectory, null, SmallProgram.Find, kernels: ["x64=" + file]);
}
