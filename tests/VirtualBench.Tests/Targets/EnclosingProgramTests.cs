using System.Diagnostics;
using System.Globalization;
using VirtualBench.Targets;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Targets;

/// <summary>vbenclose: whatever dies, and however, nothing that was started inside is left.</summary>
[Collection("engines")]
public sealed class EnclosingProgramTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vbtest-").FullName;
    private readonly List<Process> _started = [];
    private readonly string _mark = $"vbtest-{Guid.NewGuid():N}";

    public static TheoryData<bool> Namespaces { get; } = new(true, false);

    public void Dispose()
    {
        foreach (var process in _started)
        {
            // Also after a failed assertion.
            process.Kill();
            process.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -11 $$", 139)]
    public void Returns_the_status_of_the_program(string script, int status)
    {
        Assert.Equal(status, Run(["--", "sh", "-c", script]).Status);
        Assert.Equal(status, Run(["--no-namespaces", "--", "sh", "-c", script]).Status);
    }

    [Fact]
    public void Says_what_it_could_not_do()
    {
        Assert.Equal(127, Run(["--", "/no/such/program"]).Status);
        Assert.Equal(126, Run(["--", "/etc/passwd"]).Status);
        Assert.Equal(125, Run(["--after", "x", "--", "true"]).Status);
        Assert.Equal(125, Run(["--what"]).Status);
    }

    [Fact]
    public void Gives_the_program_a_process_tree_of_its_own()
    {
        var (status, text) = Run(["--", "sh", "-c", "echo $$; ls -d /proc/[0-9]* | wc -l"]);
        Assert.Equal(0, status);
        var numbers = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(2, numbers[0]);
        Assert.InRange(numbers[1], 2, 5);
    }

    [Fact]
    public void Hides_mounts_from_the_program_only()
    {
        var file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "");
        var (status, text) = Run(["--mounts-only", "--tmpfs", _directory, "--", "sh", "-c", $"ls {_directory}; touch {_directory}/inside"]);
        Assert.Equal((0, ""), (status, text));
        Assert.Equal([file], Directory.GetFiles(_directory));
    }

    [Fact]
    public void Shows_a_directory_under_a_second_name()
    {
        var (inside, hidden) = (Path.Combine(_directory, "inside"), Path.Combine(_directory, "hidden"));
        Directory.CreateDirectory(inside);
        Directory.CreateDirectory(hidden);
        File.WriteAllText(Path.Combine(inside, "file"), "");
        var (status, text) = Run(
            ["--mounts-only", "--tmpfs", hidden, "--bind", inside, hidden + "/name", "--", "ls", hidden + "/name"]);
        Assert.Equal((0, "file\n"), (status, text));
        Assert.Empty(Directory.GetFileSystemEntries(hidden));
    }

    [Fact]
    public void Starts_the_program_in_a_control_group()
    {
        var mount = ControlGroups.Mounts().Select(m => m.Path).FirstOrDefault(path => path.EndsWith("/freezer", StringComparison.Ordinal))
            ?? ControlGroups.Mounts().Select(m => m.Path).FirstOrDefault();
        Assert.SkipWhen(mount is null || !Environment.IsPrivilegedProcess, "needs root and a cgroup file system");
        var label = $"{RunScratch.Prefix}{EngineFixture.Run}-{_mark}";
        var group = Directory.CreateDirectory($"{mount}{ControlGroups.Parent}/{label}").FullName;
        try
        {
            var (status, text) = Run(["--mounts-only", "--cgroup", group, "--", "cat", "/proc/self/cgroup"]);
            Assert.Equal(0, status);
            Assert.Contains($"{ControlGroups.Parent}/{label}\n", text, StringComparison.Ordinal);
            Assert.Equal(125, Run(["--mounts-only", "--cgroup", group + "/none", "--", "true"]).Status);
        }
        finally
        {
            ControlGroups.Remove(label);
        }
    }

    [Fact]
    public void Shows_the_program_no_control_group_but_its_own()
    {
        var hierarchy = ControlGroups.Mounts().FirstOrDefault(mount => mount.Version == 2).Path;
        Assert.SkipWhen(hierarchy is null || !Environment.IsPrivilegedProcess, "needs root and cgroup v2");
        var group = Directory.CreateDirectory(Path.Combine(hierarchy, _mark)).FullName;
        try
        {
            var script = "grep ^0: /proc/self/cgroup; cd /sys/fs/cgroup; echo */; mkdir inside/made";
            Assert.Equal((0, "0::/inside\ninside/\n"), Run(["--cgroup-root", group, "--", "sh", "-c", script]));
            Assert.True(Directory.Exists(Path.Combine(group, "inside", "made")));
        }
        finally
        {
            Assert.True(ControlGroups.RemoveTree(group));
        }

        Assert.Equal(125, Run(["--cgroup-root", "/no/such/group", "--", "true"]).Status);
        Assert.Equal(125, Run(["--mounts-only", "--cgroup-root", group, "--", "true"]).Status);
        Assert.Equal(125, Run(["--no-namespaces", "--cgroup-root", group, "--", "true"]).Status);
    }

    [Theory, MemberData(nameof(Namespaces))]
    public async Task Takes_daemons_along_when_the_program_ends(bool namespaces)
    {
        var (status, _) = Run([.. Options(namespaces), "--", "sh", "-c", Daemon() + "exit 3"]);
        Assert.Equal(3, status);
        await NothingIsLeftAsync();
    }

    [Theory, MemberData(nameof(Namespaces))]
    public async Task Takes_daemons_along_when_the_program_is_killed(bool namespaces)
    {
        var (status, text) = Run([.. Options(namespaces), "--after", "echo", "after", ";", "--", "sh", "-c", Daemon() + "kill -9 $$"]);
        Assert.Equal(137, status);
        Assert.Equal("after\n", text);
        await NothingIsLeftAsync();
    }

    [Fact]
    public void Runs_nothing_afterwards_when_the_program_ended_by_itself() =>
        Assert.Equal((4, ""), Run(["--after", "echo", "after", ";", "--", "sh", "-c", "exit 4"]));

    [Fact]
    public async Task Takes_everything_along_when_it_is_killed_itself()
    {
        var process = Start(["--", "sh", "-c", Daemon() + "echo ready; sleep 1000"]);
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.NotEmpty(Marked());
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await NothingIsLeftAsync();
    }

    [Theory, MemberData(nameof(Namespaces))]
    public async Task Ends_when_its_lifeline_is_cut(bool namespaces)
    {
        var process = Start([.. Options(namespaces), "--lifeline", "--", "sh", "-c", Daemon() + "echo ready; cat; sleep 1000"]);
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(137, process.ExitCode);
        await NothingIsLeftAsync();
    }

    [Theory, MemberData(nameof(Namespaces))]
    public async Task Forwards_a_signal_once(bool namespaces)
    {
        var process = Start([.. Options(namespaces), "--", "sh", "-c", CountSignals]);
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, Libc.Kill(process.Id, Libc.Sigterm));
        Assert.Equal("1\n", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory, MemberData(nameof(Namespaces))]
    public void A_signal_to_the_whole_group_arrives_once(bool namespaces)
    {
        var options = string.Join(' ', Options(namespaces));
        // setsid: a group of its own, so that the signal does not reach the tests.
        var script = $"{Enclose()} {options} -- sh -c '{CountSignals}' & sleep 0.3; trap '' TERM; kill -TERM 0; wait";
        var (_, text) = Run("setsid", ["--wait", "sh", "-c", script]);
        Assert.Equal("ready\n1\n", text);
    }

    // Counts for half a second, in which a second delivery would arrive.
    private const string CountSignals =
        "n=0; trap \"n=\\$((n+1))\" TERM; echo ready; i=0; while [ $i -lt 10 ]; do sleep 0.1; i=$((i+1)); done; echo $n";

    /// <summary>Script that starts two processes: one in a session of its own, one that also lost its parent.</summary>
    private string Daemon()
    {
        var daemon = $"setsid env {InstanceProcesses.Variable}={_mark} sleep 1000 >/dev/null 2>&1 </dev/null &";
        return $"{daemon} ({daemon}); sleep 0.1; ";
    }

    private static string[] Options(bool namespaces) => namespaces ? [] : ["--no-namespaces"];

    private static string Enclose()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root for namespaces");
        var path = EnclosureProgram.Find();
        Assert.SkipWhen(path is null, "needs artifacts/host/vbenclose");
        return path!;
    }

    private Process Start(IReadOnlyList<string> arguments)
    {
        var process =
            Process.Start(new ProcessStartInfo(Enclose(), arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        _started.Add(process);
        return process;
    }

    private static (int Status, string Text) Run(IReadOnlyList<string> arguments) => Run(Enclose(), arguments);

    private static (int Status, string Text) Run(string program, IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text);
    }

    private async Task NothingIsLeftAsync()
    {
        // The kernel kills a namespace's processes a moment after its init.
        for (var attempt = 0; attempt < 100 && Marked().Count > 0; attempt++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Empty(Marked());
    }

    private IReadOnlyList<(int Process, string Value)> Marked() => InstanceProcesses.Find(value => value == _mark);
}
