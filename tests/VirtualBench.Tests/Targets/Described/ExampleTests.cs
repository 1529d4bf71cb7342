using VirtualBench.Targets;
using VirtualBench.Targets.Described;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Targets.Described;

/// <summary>The example of a virtual machine, as it is; that of a process is one of the engines of <see cref="EngineTests"/>.</summary>
[Collection("engines")]
public sealed class ExampleTests(EngineFixture engines)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_virtual_machine_by_a_command_line()
    {
        await using var target = await PrepareAsync();
        var console = new RecordingConsole();
        Assert.Equal(new InstanceEnd(3, null), await target.RunAsync(Launch("status", "3"), console, Cancellation));
        Assert.Contains("ending\n", console.Text, StringComparison.Ordinal);
        var end = await target.RunAsync(Launch("segv"), new RecordingConsole(), Cancellation);
        Assert.Contains("signal 11", end.Fault, StringComparison.Ordinal);
        Assert.Equal((Acceleration.Emulation, IsolationLayers.Kernel), (target.Acceleration, target.Isolation.Layers));
    }

    [Fact]
    public async Task A_virtual_machine_that_hangs_is_ended()
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
        Assert.Empty(InstanceProcesses.Find(value => value == launch.Label));
    }

    [Fact]
    public async Task Too_little_memory_is_said_before_a_start()
    {
        await using var target = await PrepareAsync();
        var failure = await Assert.ThrowsAsync<TargetException>(
            () => target.RunAsync(engines.Launch("status", "0"), new RecordingConsole(), Cancellation));
        Assert.Contains("needs 128 MiB", failure.Message, StringComparison.Ordinal);
    }

    private async Task<ITarget> PrepareAsync()
    {
        var catalogue = DescribedEngines.AddTo(TargetCatalogue.Standard, [Path.Combine(EngineFileTests.Folder, "qemu-by-hand.json")]);
        var target = catalogue.Create(catalogue.Parse("qemu-by-hand"), engines.Session);
        var availability = await target.FindAsync(Cancellation);
        Assert.SkipUnless(availability.Usable, $"qemu-by-hand: {availability.Reason}");
        try
        {
            await target.PrepareAsync([SmallProgram.Get()], Cancellation);
        }
        catch (TargetException e)
        {
            Assert.Skip(e.Message); // no kernel to be had
        }

        return target;
    }

    private Launch Launch(params string[] arguments)
    {
        var launch = engines.Launch(arguments);
        return launch with { Resources = launch.Resources with { MemoryBytes = 128 << 20 } };
    }
}
