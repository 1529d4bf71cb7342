using VirtualBench.Guests;
using VirtualBench.Targets;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Rkt;

namespace VirtualBench.Tests.Targets;

/// <summary>
/// What is the flavor host's own, besides what <see cref="EngineTests"/> asks of every engine: above all, to leave the host alone.
/// </summary>
[Collection("engines")]
public sealed class RktHostTests(EngineFixture engines)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, null, 0, null)]
    [InlineData(3, null, 3, null)]
    [InlineData(11, null, null, "killed by SIGSEGV (signal 11)")]
    [InlineData(203, null, null, "the pod's systemd could not execute the program: exec format error, or no access")]
    [InlineData(254, "stage1: cannot find systemd", null, "rkt refused: stage1: cannot find systemd")]
    [InlineData(125, "vbenclose: cannot start rkt: File exists", null, "vbenclose: cannot start rkt: File exists")]
    public void Tells_the_guests_end_from_systemds(int status, string? errorText, int? exitStatus, string? fault) =>
        Assert.Equal(new InstanceEnd(exitStatus, fault), RktPod.EndOf(new RktHost(), new ProcessEnd(status, null), errorText));

    [Theory]
    [InlineData("a\r\nb\r\n", "a\nb\n")]
    [InlineData("its own\r\r\n", "its own\r\n")]
    [InlineData("\r", "\r")]
    [InlineData("a\rb\r\r\r\n\r", "a\rb\r\r\n\r")]
    [InlineData("\r\n\r\n", "\n\n")]
    [InlineData("", "")]
    public void Gives_back_what_was_written_to_a_terminal_however_it_is_cut(string read, string written)
    {
        for (var cut = 0; cut <= read.Length; cut++)
        {
            var console = new RecordingConsole();
            var terminal = new TerminalConsole(console);
            terminal.Receive(read[..cut].Select(c => (byte)c).ToArray());
            terminal.Receive(read[cut..].Select(c => (byte)c).ToArray());
            terminal.Complete();
            Assert.Equal(written, console.Text);
        }
    }

    [Fact]
    public async Task Names_the_signal_that_killed_the_guest()
    {
        await using var target = await PrepareAsync();
        var console = new RecordingConsole();
        var end = await target.RunAsync(engines.Launch("segv"), console, Cancellation);
        Assert.Equal(new InstanceEnd(null, "killed by SIGSEGV (signal 11)"), end);
        Assert.Equal("about to die\nlast words\n", console.Text);
    }

    [Fact]
    public async Task Leaves_the_hosts_control_groups_and_mounts_alone()
    {
        // `rkt rm` removes groups by name, empty ones of others too, when it sees them.
        var canaries = ControlGroups.Mounts()
            .Select(mount => Directory.CreateDirectory($"{mount.Path}/vbtest-canary-{Environment.ProcessId}/below").FullName).ToList();
        try
        {
            var before = File.ReadAllText("/proc/self/mountinfo");
            await using (var target = await PrepareAsync())
            {
                var launch = engines.Launch("status", "0");
                await target.RunAsync(launch, new RecordingConsole(), Cancellation);
                Assert.Empty(ControlGroups.Find(group => group == launch.Label));
                var store = Directory.GetDirectories(engines.Session.ScratchDirectory, "rkt-*").Single();
                Assert.Empty(Directory.GetDirectories(Path.Combine(store, "pods")).SelectMany(Directory.GetDirectories));
            }

            Assert.All(canaries, canary => Assert.True(Directory.Exists(canary), canary));
            Assert.Equal(before, File.ReadAllText("/proc/self/mountinfo"));
        }
        finally
        {
            Assert.All(canaries, canary => ControlGroups.RemoveTree(Path.GetDirectoryName(canary)!));
        }
    }

    [Fact]
    public async Task Isolates_as_it_says()
    {
        await using var target = await PrepareAsync();
        var (own, status) = await NamespaceProgram.RunAsync(engines, target, Cancellation);
        Assert.Equal(["mnt", "pid", "net", "ipc", "uts", "cgroup"], own);
        Assert.Contains("Seccomp:\t2", status, StringComparison.Ordinal);
        Assert.Equal(["mount", "pid", "net", "ipc", "uts", "seccomp"], target.Isolation.Names);
    }

    [Fact]
    public async Task A_call_that_its_filter_does_not_know_is_not_deadly()
    {
        await using var target = await PrepareAsync();
        var text = await NamespaceProgram.RunAsync(engines, target, """
            #include <errno.h>
            #include <stdio.h>
            #include <sys/syscall.h>
            #include <unistd.h>
            int main(void) {
                puts(syscall(SYS_get_mempolicy, 0, 0, 0, 0, 0) < 0 && errno == ENOSYS ? "unknown" : "known");
                return 0;
            }
            """, Cancellation);
        Assert.Equal("unknown\n", text);
    }

    private Task<ITarget> PrepareAsync()
    {
        UserImages.SkipUnlessThere("rkt", "rkt.stage1.host");
        return engines.PrepareAsync("rkt:host");
    }
}
