using System.Diagnostics;
using VirtualBench.Targets;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Targets;

/// <summary>What every engine has to do with a guest, good or bad. Run on each that this host has.</summary>
[Collection("engines")]
public sealed class EngineTests(EngineFixture engines)
{
    public static TheoryData<string> Engines { get; } =
        new(EngineFixture.Catalogue.Kinds.Where(IsLinuxProcess).SelectMany(kind => kind.Names));

    /// <summary>
    /// Those that start at once and keep a guest's output and errors apart. rkt:host boots a systemd and has one terminal for both.
    /// </summary>
    public static TheoryData<string> PlainEngines { get; } = new(Engines.Select(row => row.Data).Where(name => name != "rkt:host"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(PlainEngines))]
    public async Task Is_tried_by_starting_a_guest(string name)
    {
        await using var target = await engines.PrepareAsync(name);
        var watch = Stopwatch.StartNew();
        var availability = await target.TryAsync(Cancellation);
        Assert.True(availability.Usable);
        Assert.False(string.IsNullOrEmpty(availability.Version));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Hands_on_output_and_status(string name)
    {
        await using var target = await engines.PrepareAsync(name);
        var console = new RecordingConsole();
        var end = await target.RunAsync(engines.Launch("status", "3"), console, Cancellation);
        Assert.Equal(new InstanceEnd(3, null), end);
        Assert.Equal("ending\n", console.Text);
        Assert.Contains("started", console.Phases);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Hands_on_bytes_as_they_are(string name)
    {
        await using var target = await engines.PrepareAsync(name);
        var console = new RecordingConsole();
        var end = await target.RunAsync(engines.Launch("garbage"), console, Cancellation);
        Assert.Equal(new InstanceEnd(0, null), end);
        Assert.Equal(Enumerable.Range(0, 70000).Select(i => (byte)(i * 7)), console.Bytes);
    }

    [Theory, MemberData(nameof(PlainEngines))]
    public async Task Names_the_signal_that_killed_the_guest(string name)
    {
        await using var target = await engines.PrepareAsync(name);
        var console = new RecordingConsole();
        var end = await target.RunAsync(engines.Launch("segv"), console, Cancellation);
        Assert.Equal("about to die\n", console.Text);
        Assert.Null(end.ExitStatus);
        Assert.Contains("SIGSEGV", end.Fault, StringComparison.Ordinal);
        Assert.Contains("last words", end.Fault, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Ends_a_guest_that_hangs_when_cancelled(string name)
    {
        await using var target = await engines.PrepareAsync(name);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var console = new RecordingConsole(_ => deadline.Cancel());
        var launch = engines.Launch("hang");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.RunAsync(launch, console, deadline.Token));
        Assert.Empty(Leftovers(launch));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Ends_a_guest_that_prints_without_end_when_cancelled(string name)
    {
        await using var target = await engines.PrepareAsync(name);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var console = new RecordingConsole(c =>
        {
            if (c.Length > 1 << 20)
            {
                deadline.Cancel();
            }
        });
        var launch = engines.Launch("flood");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.RunAsync(launch, console, deadline.Token));
        Assert.Empty(Leftovers(launch));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Ends_the_guest_when_the_console_throws(string name)
    {
        await using var target = await engines.PrepareAsync(name);
        var launch = engines.Launch("flood");
        var console = new RecordingConsole(_ => throw new InvalidDataException("enough"));
        await Assert.ThrowsAsync<InvalidDataException>(() => target.RunAsync(launch, console, Cancellation));
        Assert.Empty(Leftovers(launch));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Takes_what_a_guest_left_running_with_it(string name)
    {
        await using var target = await engines.PrepareAsync(name);
        var console = new RecordingConsole();
        var launch = engines.Launch("straggler");
        var end = await target.RunAsync(launch, console, Cancellation);
        Assert.Equal(new InstanceEnd(0, null), end);
        Assert.Equal("gone\n", console.Text);
        Assert.Empty(Leftovers(launch));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Runs_on_the_processors_it_was_given(string name)
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "needs two processors");
        await using var target = await engines.PrepareAsync(name);
        foreach (var processor in (int[])[1, 0])
        {
            var console = new RecordingConsole();
            var launch = engines.Launch("affinity");
            launch = launch with { Resources = launch.Resources with { HostCpus = [processor] } };
            Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(launch, console, Cancellation));
            // Docker and runc give a guest no other /proc than their own, so that the file is there in each of them.
            Assert.Equal($"Cpus_allowed_list:\t{processor}\n", console.Text);
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Does_not_start_when_already_cancelled(string name)
    {
        await using var target = await engines.PrepareAsync(name);
        var console = new RecordingConsole();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => target.RunAsync(engines.Launch("status", "0"), console, new CancellationToken(canceled: true)));
        Assert.Equal("", console.Text);
    }

    private static bool IsLinuxProcess(TargetKind kind) =>
        kind.Engine is "native" or "docker" or "oci" or "podman" or "lxc" or "nspawn" or "rkt" or "bubblewrap";

    private static IEnumerable<string> Leftovers(Launch launch) =>
    [
        .. InstanceProcesses.Find(value => value == launch.Label).Select(found => $"process {found.Process}"),
        .. ControlGroups.Find(group => group == launch.Label),
    ];
}
