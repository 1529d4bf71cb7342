using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using VirtualBench.Guests.Containers;

namespace VirtualBench.Guests.Tests;

public sealed class OciBundleTests : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    public static TheoryData<string> Runtimes => ["runc", "crun"];

    [Theory]
    [MemberData(nameof(Runtimes))]
    public async Task A_runtime_runs_it_isolated_and_passes_on_output_and_status(string runtime)
    {
        var (status, text, error) = await RunAsync(runtime, new(await ProgramAsync(),
        [
            "two words", "pid", "write=/escaped", "write=/tmp/scratch",
            "cat=/proc/self/status", "cat=/proc/self/limits", "cat=/proc/net/dev",
            "cat=/proc/sys/kernel/hostname", "write=/proc/sys/kernel/hostname",
        ]));
        Assert.True(status == 7, error + text);
        Assert.StartsWith("/vbprobe\ntwo words\n", text, StringComparison.Ordinal);
        Assert.Contains("\npid 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\nwrite /escaped: Read-only file system\n", text, StringComparison.Ordinal);
        Assert.Contains("\nwrite /tmp/scratch: ok\n", text, StringComparison.Ordinal);
        Assert.Contains("\nwrite /proc/sys/kernel/hostname: Read-only file system\n", text, StringComparison.Ordinal);
        Assert.Contains("\nCapBnd:\t0000000000000000\n", text, StringComparison.Ordinal);
        Assert.Contains("\nCapEff:\t0000000000000000\n", text, StringComparison.Ordinal);
        Assert.Contains("\nNoNewPrivs:\t1\n", text, StringComparison.Ordinal);
        Assert.Contains("\nSeccomp:\t0\n", text, StringComparison.Ordinal);
        Assert.Contains("\nvirtualbench\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("eth0", text, StringComparison.Ordinal);
        var limits = await File.ReadAllLinesAsync("/proc/self/limits", TestContext.Current.CancellationToken);
        Assert.Contains(limits.Single(line => line.StartsWith("Max open files", StringComparison.Ordinal)), text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Runtimes))]
    public async Task Limits_and_the_cgroup_are_applied(string runtime)
    {
        var cgroup = "/vbtest-" + Guid.NewGuid().ToString("N")[..8];
        var (status, text, error) = await RunAsync(runtime, new(await ProgramAsync(), ["cat=/proc/self/cgroup", "cat=/proc/self/status"])
        {
            CgroupPath = cgroup,
            MemoryBytes = 64 * 1024 * 1024,
            Cpus = 0.5,
            HostCpus = [0],
        });
        Assert.True(status == 7, error + text);
        Assert.Contains(cgroup, text, StringComparison.Ordinal);
        Assert.Contains("\nCpus_allowed_list:\t0\n", text, StringComparison.Ordinal);
        var everyHierarchy = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 };
        Assert.Empty(Directory.EnumerateDirectories("/sys/fs/cgroup", cgroup[1..], everyHierarchy));
    }

    [Fact]
    public void The_configuration_says_what_was_asked_for()
    {
        var directory = Directory.CreateDirectory(workspace.PathOf("bundle")).FullName;
        OciBundle.Write(directory, new(workspace.Write("p", [1, 2, 3]), ["a", "", "ö\n\"x\""])
        {
            HostName = "box-1",
            CgroupPath = "/virtualbench/r-1",
            MemoryBytes = 1 << 30,
            Cpus = 1.5,
            HostCpus = [0, 3],
            CgroupNamespace = true,
            NetworkNamespacePath = "/run/netns/vb0",
            Annotations = new Dictionary<string, string> { ["virtualbench.run"] = "r-1" },
        });
        var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(directory, "config.json"))).RootElement;
        Assert.Equal("1.0.2", config.GetProperty("ociVersion").GetString());
        Assert.False(config.GetProperty("process").GetProperty("terminal").GetBoolean());
        Assert.Equal(
            ["/vbprobe", "a", "", "ö\n\"x\""],
            config.GetProperty("process").GetProperty("args").EnumerateArray().Select(a => a.GetString()!));
        Assert.False(config.GetProperty("process").TryGetProperty("rlimits", out _));
        Assert.True(config.GetProperty("root").GetProperty("readonly").GetBoolean());
        Assert.Equal("r-1", config.GetProperty("annotations").GetProperty("virtualbench.run").GetString());
        var linux = config.GetProperty("linux");
        Assert.False(linux.TryGetProperty("seccomp", out _));
        Assert.Equal("/virtualbench/r-1", linux.GetProperty("cgroupsPath").GetString());
        Assert.Equal(
            ["pid", "mount", "ipc", "uts", "network /run/netns/vb0", "cgroup"],
            linux.GetProperty("namespaces").EnumerateArray().Select(n =>
                n.GetProperty("type").GetString() + (n.TryGetProperty("path", out var path) ? " " + path.GetString() : "")));
        Assert.Equal(1 << 30, linux.GetProperty("resources").GetProperty("memory").GetProperty("limit").GetInt64());
        var cpu = linux.GetProperty("resources").GetProperty("cpu");
        Assert.Equal(150_000, cpu.GetProperty("quota").GetInt64());
        Assert.Equal(100_000, cpu.GetProperty("period").GetInt64());
        Assert.Equal("0,3", cpu.GetProperty("cpus").GetString());
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Path.Combine(directory, "rootfs", "vbprobe")));
    }

    [Theory]
    [MemberData(nameof(Runtimes))]
    public async Task A_disk_is_writable_and_what_is_written_lies_where_it_was_asked(string runtime)
    {
        var bound = Directory.CreateDirectory(workspace.PathOf("bound")).FullName;
        var (_, text, error) = await RunAsync(runtime, new(await ProgramAsync(), ["write=/disk/x"]) { DiskDirectory = bound });
        Assert.True(text.Contains("\nwrite /disk/x: ok\n", StringComparison.Ordinal), error + text);
        Assert.True(File.Exists(Path.Combine(bound, "x")));
    }

    [Fact]
    public void A_directory_that_is_not_empty_is_left_alone()
    {
        var directory = Directory.CreateDirectory(workspace.PathOf("bundle")).FullName;
        File.WriteAllText(Path.Combine(directory, "mine"), "");
        Assert.Throws<IOException>(() => OciBundle.Write(directory, new(workspace.Write("p", [1]), [])));
        Assert.Single(Directory.EnumerateFileSystemEntries(directory));
    }

    public static TheoryData<string, OciBundleContent> Odd => new()
    {
        { "host name climbs", new("p", []) { HostName = "../x" } },
        { "host name ends in a line end", new("p", []) { HostName = "x\n" } },
        { "cgroup climbs out", new("p", []) { CgroupPath = "/a/../../b" } },
        { "cgroup is relative", new("p", []) { CgroupPath = "a/b" } },
        { "cgroup is the root", new("p", []) { CgroupPath = "/" } },
        { "cgroup holds a line end", new("p", []) { CgroupPath = "/a\n" } },
        { "network namespace is relative", new("p", []) { NetworkNamespacePath = "netns" } },
        { "network namespace climbs", new("p", []) { NetworkNamespacePath = "/run/netns/../../x" } },
        { "the disk's directory is relative", new("p", []) { DiskDirectory = "a" } },
        { "the overlay's directory climbs", new("p", []) { OverlayDirectory = "/a/../b" } },
        { "the overlay's directory holds an option", new("p", []) { OverlayDirectory = "/a,upperdir=/b" } },
        { "an argument with a zero byte", new("p", ["a\0b"]) },
        { "an annotation with a blank", new("p", []) { Annotations = new Dictionary<string, string> { ["a b"] = "" } } },
        { "an annotation with an escape", new("p", []) { Annotations = new Dictionary<string, string> { ["a"] = "\u001b" } } },
        { "no memory", new("p", []) { MemoryBytes = 0 } },
        { "no time", new("p", []) { Cpus = 0 } },
        { "time that is no number", new("p", []) { Cpus = double.NaN } },
        { "a negative processor", new("p", []) { HostCpus = [-1] } },
    };

    [Theory]
    [MemberData(nameof(Odd), DisableDiscoveryEnumeration = true)]
    public void What_no_runtime_should_be_given_is_refused(string what, OciBundleContent content)
    {
        workspace.Write("p", [1]);
        var directory = Directory.CreateDirectory(workspace.PathOf("bundle")).FullName;
        var refusal = Assert.Throws<ArgumentException>(() => OciBundle.Write(directory, content with { Program = workspace.PathOf("p") }));
        Assert.StartsWith("a bundle cannot be made: ", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.EnumerateFileSystemEntries(directory).Any(), what);
    }

    private Task<string> ProgramAsync() => Tools.CompileAsync(
        workspace,
        RuntimeInformation.OSArchitecture == Architecture.Arm64 ? GuestArchitecture.Arm64 : GuestArchitecture.X64,
        "tests/data/guest/program.c");

    private async Task<(int Status, string Output, string Error)> RunAsync(string runtime, OciBundleContent content)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can run a bundle with these namespaces");
        var command = Tools.Find(runtime);
        Assert.SkipWhen(command is null, runtime + " is not installed");
        var bundle = Directory.CreateDirectory(workspace.PathOf("bundle")).FullName;
        OciBundle.Write(bundle, content);
        var id = "vbtest-" + Guid.NewGuid().ToString("N")[..8];
        // A private mount namespace, because crun refuses a host that shows it cgroup v1 and v2 side by side.
        const string Script = "umount /sys/fs/cgroup/unified 2>/dev/null; exec \"$@\"";
        var (status, output, error) = await Tools.RunAsync(
            TimeSpan.FromSeconds(30), "unshare",
            [
                "--mount", "--propagation", "private", "sh", "-c", Script, "sh",
                command, "--root", workspace.PathOf("state"), "run", "--bundle", bundle, id,
            ]);
        return (status, Encoding.UTF8.GetString(output), error);
    }
}
