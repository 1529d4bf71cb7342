using VirtualBench.Targets;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Described;
using VirtualBench.Targets.Leftovers;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Targets.Described;

/// <summary>Engines that files describe, run for real.</summary>
[Collection("engines")]
public sealed class DescribedEngineTests : IDisposable
{
    private readonly EngineFixture _engines;
    private readonly string _folder = Directory.CreateTempSubdirectory("vbtest-").FullName;

    public DescribedEngineTests(EngineFixture engines) => _engines = engines;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("stdout", "stdout")]
    [InlineData("terminal", "stdout")]
    [InlineData("listen", "connect")]
    [InlineData("connect", "listen")]
    [InlineData("file", "file")]
    public async Task Reads_every_kind_of_console_whole(string from, string engine)
    {
        await using var target = await PrepareAsync(
            $$"""
            "start": ["{{ConsoleProgram.Get()}}", "{{engine}}", "${console}", "${program}", "${argv}"], "console": { "from": "{{from}}" }
            """);
        var console = new RecordingConsole();
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(_engines.Launch("garbage"), console, Cancellation));
        Assert.Equal(Enumerable.Range(0, 70000).Select(i => (byte)(i * 7)), console.Bytes);
        Assert.Equal(["accepted", "started"], console.Phases);
        Assert.Equal(new InstanceEnd(3, null), await target.RunAsync(_engines.Launch("status", "3"), new RecordingConsole(), Cancellation));
    }

    [Theory]
    [InlineData("file", "file", "\"from\": \"file\"")]
    [InlineData("listen", "connect", "\"from\": \"listen\"")]
    [InlineData("connect", "listen", "\"from\": \"connect\"")]
    [InlineData("command", "file", "\"from\": \"command\", \"command\": [\"tail\", \"-n\", \"+1\", \"-F\", \"${scratch}/console\"]")]
    public async Task Follows_a_guest_that_the_start_command_leaves_running(string kind, string engine, string console)
    {
        await using var target = await PrepareAsync(
            $$"""
            "start": ["{{ConsoleProgram.Get()}}", "detach", "{{engine}}", "${scratch}/console", "${program}", "${argv}"],
            "detached": true, "console": { {{console}} }, "stop": { "command": ["touch", "${folder}/stopped"] },
            "end": { "status": "^exited (?<status>[0-9]+)$", "over": "^exited " }
            """);
        var received = new RecordingConsole();
        var launch = _engines.Launch("status", "3");
        Assert.Equal(new InstanceEnd(3, null), await target.RunAsync(launch, received, Cancellation));
        Assert.True(received.Text == "ending\nexited 3\n", $"{kind}: {received.Text}");
        Assert.Empty(Leftovers(launch));

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        launch = _engines.Launch("hang");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => target.RunAsync(launch, new RecordingConsole(_ => deadline.Cancel()), deadline.Token));
        Assert.True(File.Exists(Path.Combine(_folder, "stopped")));
        Assert.Empty(Leftovers(launch));
    }

    [Fact]
    public async Task A_start_command_that_fails_is_a_fault()
    {
        await using var target = await PrepareAsync(
            $$"""
            "start": ["sh", "-c", "echo no memory >&2; exit 9"],
            "detached": true, "console": { "from": "file" }, "stop": { "command": ["true"] }, "end": { "status": "(?<status>[0-9]+)" }
            """);
        var end = await target.RunAsync(_engines.Launch(), new RecordingConsole(), Cancellation);
        Assert.Equal(new InstanceEnd(null, "the engine ended with status 9 before the guest's program had: no memory"), end);
    }

    [Fact]
    public async Task Ends_a_guest_after_its_last_word()
    {
        await using var target = await PrepareAsync("""
            "start": ["${program}", "${argv}"], "end": { "over": "^hanging$" }
            """);
        var launch = _engines.Launch("hang");
        Assert.Equal(new InstanceEnd(null, null), await target.RunAsync(launch, new RecordingConsole(), Cancellation));
        Assert.Empty(Leftovers(launch));
    }

    [Theory]
    [InlineData("echo PANIC: out of memory; echo exited 0", null, "PANIC: out of memory")]
    [InlineData("echo exited 1; echo exited 4; exit 0", 4, null)]
    [InlineData("echo exited x", null, "found 'x', which is no exit status")]
    [InlineData("echo something; exit 3", null, "the engine ended with status 3 before the guest's program had")]
    [InlineData("echo exited 0; echo ENGINE broke >&2; exit 1", null, "ENGINE broke")]
    [InlineData("kill -9 $$$$", null, "killed by SIGKILL")]
    public async Task Reads_how_a_guest_ended(string script, int? status, string? fault)
    {
        await using var target = await PrepareAsync($$"""
            "start": ["sh", "-c", "{{script}}"], "end": { "status": "^exited (?<status>.*)$", "faults": ["PANIC", "^ENGINE"] }
            """);
        var end = await target.RunAsync(_engines.Launch(), new RecordingConsole(), Cancellation);
        Assert.Equal((status, fault is null), (end.ExitStatus, end.Fault is null));
        Assert.Contains(fault ?? "", end.Fault ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asks_before_it_kills()
    {
        await using var target = await PrepareAsync("""
            "start": ["sh", "-c", "trap 'echo asked > $0/asked; exit 0' TERM; echo up; while :; do sleep 0.05; done", "${folder}"],
            "stop": { "command": ["sh", "-c", "echo stop > $0/stop; exit 1", "${folder}"], "graceSeconds": 5 }
            """);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => target.RunAsync(_engines.Launch(), new RecordingConsole(_ => deadline.Cancel()), deadline.Token));
        Assert.True(File.Exists(Path.Combine(_folder, "stop")));
        Assert.True(File.Exists(Path.Combine(_folder, "asked")));
    }

    [Fact]
    public async Task Kills_what_does_not_listen()
    {
        await using var target = await PrepareAsync("""
            "start": ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"], "stop": { "graceSeconds": 0.1 }
            """);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var launch = _engines.Launch();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => target.RunAsync(launch, new RecordingConsole(_ => deadline.Cancel()), deadline.Token));
        Assert.Empty(Leftovers(launch));
    }

    [Fact]
    public async Task Prepares_once_cleans_each_time_and_releases_at_the_end()
    {
        var target = await PrepareAsync("""
            "values": { "word": "a b" }, "environment": { "MINE": "${value:word} in ${label}" },
            "prepare": [[
              "sh", "-c", "echo $0 >> $1/prepared; test -s $2 && echo image > $3/image",
              "${program}", "${folder}", "${ociImage}", "${shared}"
            ]],
            "start": ["sh", "-c", "test -s $0/image && shift && exec \"$@\"", "${shared}", "x", "${program}", "${argv}"],
            "clean": [["-", "false"], ["sh", "-c", "echo $0 >> $1/cleaned", "${label}", "${folder}"]],
            "release": [["sh", "-c", "echo $0 >> $1/released", "${ociTag}", "${folder}"]]
            """);
        var console = new RecordingConsole();
        var launch = _engines.Launch("environment");
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(launch, console, Cancellation));
        Assert.Equal(
            ["MINE=a b in " + launch.Label, "PATH=" + ProgramPath.SearchPath, $"{InstanceProcesses.Variable}={launch.Label}"],
            console.Text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("PWD=", StringComparison.Ordinal)
                && !line.StartsWith("_=", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        await target.RunAsync(_engines.Launch("status", "1"), new RecordingConsole(), Cancellation);
        await target.DisposeAsync();
        await target.DisposeAsync();
        Assert.Single(Lines("prepared"));
        Assert.Equal(2, Lines("cleaned").Length);
        Assert.Equal(launch.Label, Lines("cleaned")[0]);
        Assert.StartsWith("virtualbench-", Assert.Single(Lines("released")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fills_in_templates()
    {
        File.WriteAllText(Path.Combine(_folder, "vm.in"), "{ \"memory\": ${memoryMiB}, \"cpus\": [${cpus}], \"price\": \"$$5\" }");
        await using var target = await PrepareAsync("""
            "templates": { "vm.json": "vm.in" }, "start": ["cat", "${scratch}/vm.json"]
            """);
        var console = new RecordingConsole();
        await target.RunAsync(_engines.Launch(), console, Cancellation);
        Assert.Equal("{ \"memory\": 64, \"cpus\": [0], \"price\": \"$5\" }", console.Text);
    }

    [Fact]
    public async Task What_cannot_be_cleaned_stays_on_the_books()
    {
        await using var target = await PrepareAsync("""
            "start": ["${program}", "${argv}"], "clean": [["sh", "-c", "test -e $0/mended || { echo locked >&2; exit 1; }", "${folder}"]]
            """);
        var launch = _engines.Launch("status", "0");
        var failure = await Assert.ThrowsAsync<TargetException>(() => target.RunAsync(launch, new RecordingConsole(), Cancellation));
        Assert.Contains("clean[0] (sh -c", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ended with status 1: locked", failure.Message, StringComparison.Ordinal);
        Assert.True(CleaningOrder.AnyIn(_engines.Session.ScratchDirectory));

        // While the run lives, its orders are its own.
        Assert.DoesNotContain(await FindAsync(LeftoverScope.Now(null)), found => found.Id == launch.Label);
        var order = Assert.Single(await FindAsync(Dead), found => found.Id == launch.Label);
        await Assert.ThrowsAsync<TargetException>(() => order.RemoveAsync(Cancellation));
        File.WriteAllText(Path.Combine(_folder, "mended"), "");
        await order.RemoveAsync(Cancellation);
        Assert.Empty(await FindAsync(Dead));
    }

    [Fact]
    public async Task Orders_that_another_could_have_written_are_not_carried_out()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to make files of another user");
        var run = $"other{Guid.NewGuid():N}"[..12];
        var scratch = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), RunScratch.Prefix + run)).FullName;
        try
        {
            File.WriteAllText(Path.Combine(scratch, "live"), "");
            var label = $"{RunScratch.Prefix}{run}-1";
            new CleaningOrder("mine", label, null, [new EngineCommand("clean[0]", "/bin/true", [], false)], [], 1).Write(scratch);
            Assert.Contains(await FindAsync(LeftoverScope.Now(run)), found => found.Id == label);
            File.SetUnixFileMode(scratch, (UnixFileMode)0b111_111_111);
            Assert.Empty(await FindAsync(LeftoverScope.Now(run)));
            File.SetUnixFileMode(scratch, (UnixFileMode)0b111_000_000);
            Assert.Equal(0, Mono.Unix.Native.Syscall.chown(scratch, 65534, 65534));
            Assert.Empty(await FindAsync(LeftoverScope.Now(run)));
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    [Theory]
    [InlineData("mine", "\"start\": [\"nosuchprogram\"]", "nosuchprogram is not installed", null)]
    [InlineData(
        "mine", "\"start\": [\"true\"], \"needs\": [{ \"program\": \"nosuch\", \"remedy\": \"get it\" }]",
        "nosuch is not installed", "get it")]
    [InlineData("mine", "\"start\": [\"true\"], \"needs\": [{ \"file\": \"nosuch\" }]", "/nosuch is not there", null)]
    [InlineData("mine", "\"start\": [\"true\"], \"images\": { \"loader\": \"a loader\" }", "it needs a loader", "--image mine.loader=FILE")]
    [InlineData("mine", "\"start\": [\"true\"], \"version\": [\"sh\", \"-c\", \"echo old >&2; exit 4\"]", "ended with status 4: old", null)]
    [InlineData("mine:slow", "\"start\": [\"true\"], \"variants\": { \"fast\": {} }", "has the variants fast", "--targets mine:fast")]
    [InlineData("mine:slow", "\"start\": [\"true\"]", "has no variants", "--targets mine")]
    [InlineData("mine", "\"start\": [\"true\"]", "a trial guest printed nothing", null)]
    [InlineData("mine", "\"start\": [\"sh\", \"-c\", \"echo no licence >&2; exit 3\"]", "status 3: no licence", null)]
    [InlineData(
        "mine", "\"start\": [\"${program}\", \"${argv}\"], \"prepare\": [[\"false\"]]", "prepare[0] (false) ended with status 1", null)]
    public async Task Is_unusable_for_a_reason(string name, string members, string reason, string? remedy)
    {
        _ = SmallProgram.Get();
        await using var target = Create(members, name);
        var availability = await target.TryAsync(Cancellation);
        Assert.False(availability.Usable);
        Assert.Contains(reason, availability.Reason, StringComparison.Ordinal);
        Assert.Equal(remedy, availability.Remedy);
    }

    [Fact]
    public async Task Says_which_description_ran()
    {
        await using var target = await PrepareAsync("""
            "start": ["${program}", "${argv}"], "version": ["echo", "mine 1.0 ${arch}"], "implementations": ["cs"]
            """);
        var version = (await target.FindAsync(Cancellation)).Version;
        Assert.Matches("^mine 1.0 (x64|arm64), described by [0-9a-f]+.json [0-9a-f]{8}$", version);
        Assert.Contains("cs guest programs only", target.WhyNot("c"), StringComparison.Ordinal);
        Assert.Null(target.WhyNot("cs"));
    }

    [Fact]
    public async Task A_container_bundle_runs_in_a_runtime_of_the_users()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && ProgramPath.Find("runc") is not null, "needs root and runc");
        await using var target = await PrepareAsync("""
            "start": ["runc", "--root", "${folder}/state", "run", "--bundle", "${bundle}", "${label}"],
            "stop": { "command": ["runc", "--root", "${folder}/state", "kill", "${label}", "KILL"] },
            "clean": [["runc", "--root", "${folder}/state", "delete", "--force", "${label}"]]
            """);
        var console = new RecordingConsole();
        Assert.Equal(new InstanceEnd(3, null), await target.RunAsync(_engines.Launch("status", "3"), console, Cancellation));
        Assert.Equal("ending\n", console.Text);

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var launch = _engines.Launch("hang");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => target.RunAsync(launch, new RecordingConsole(_ => deadline.Cancel()), deadline.Token));
        Assert.Empty(Leftovers(launch));
        Assert.Empty(ControlGroups.Find(group => group == launch.Label));
        Assert.Empty(Directory.GetDirectories(Path.Combine(_folder, "state")));
    }

    [Fact]
    public async Task A_root_directory_holds_the_program()
    {
        Assert.SkipWhen(ProgramPath.Find("bwrap") is null, "needs bubblewrap");
        await using var target = await PrepareAsync("""
            "start": ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "${rootfs}", "/", "--", "/vbprobe", "${argv}"]
            """);
        Assert.Equal(new InstanceEnd(3, null), await target.RunAsync(_engines.Launch("status", "3"), new RecordingConsole(), Cancellation));
    }

    private static LeftoverScope Dead => new(EngineFixture.Run, new HashSet<string>());

    private static async Task<IReadOnlyList<Leftover>> FindAsync(LeftoverScope scope) =>
        await new DescribedEngineLeftovers().FindAsync(scope, Cancellation);

    private static IEnumerable<string> Leftovers(Launch launch) =>
        InstanceProcesses.Find(value => value == launch.Label).Select(found => $"process {found.Process}");

    private string[] Lines(string file) => File.ReadAllLines(Path.Combine(_folder, file));

    private async Task<ITarget> PrepareAsync(string members)
    {
        var program = SmallProgram.Get();
        var target = Create(members, "mine");
        await target.PrepareAsync([program], Cancellation);
        return target;
    }

    private ITarget Create(string members, string name)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.json");
        File.WriteAllText(file, $"{{ \"name\": \"mine\", {members} }}");
        var catalogue = DescribedEngines.AddTo(TargetCatalogue.Standard, [file]);
        return catalogue.Create(catalogue.Parse(name), _engines.Session);
    }
}
