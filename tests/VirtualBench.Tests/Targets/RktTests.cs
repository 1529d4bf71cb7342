using VirtualBench.Guests;
using VirtualBench.Guests.Containers;
using VirtualBench.Targets;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;
using VirtualBench.Targets.Rkt;

namespace VirtualBench.Tests.Targets;

/// <summary>What is rkt's own, besides what <see cref="EngineTests"/> asks of every engine.</summary>
[Collection("engines")]
public sealed class RktTests(EngineFixture engines)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, null, null, 0, null)]
    [InlineData(3, null, "run: group \"rkt\" not found, will use default gid when rendering images", 3, null)]
    [InlineData(null, 11, "run: group \"rkt\" not found, will use default gid when rendering images", null,
        "killed by SIGSEGV (signal 11)")]
    [InlineData(null, 9, "last words", null, "killed by SIGKILL (signal 9): last words")]
    [InlineData(254, null, "run: can't execute \"/vbprobe\": exec format error", null,
        "rkt refused: run: can't execute \"/vbprobe\": exec format error")]
    [InlineData(254, null, "stage0: cannot get lock", null, "rkt refused: stage0: cannot get lock")]
    [InlineData(254, null, "words of the guest", 254, null)]
    [InlineData(127, null, "vbenclose: cannot execute rkt: No such file or directory", null,
        "vbenclose: cannot execute rkt: No such file or directory")]
    public void Tells_its_own_end_from_the_guests(int? status, int? signal, string? errorText, int? exitStatus, string? fault) =>
        Assert.Equal(new InstanceEnd(exitStatus, fault), RktPod.EndOf(new RktFly(), new ProcessEnd(status, signal), errorText));

    [Theory]
    [InlineData("rkt Version: 1.30.0\nappc Version: 0.8.11\nGo Version: go1.19.8\nGo OS/Arch: linux/amd64\nFeatures: -TPM\n", "1.30.0")]
    [InlineData("no such command", null)]
    public void Reads_the_version(string output, string? version) => Assert.Equal(version, RktProgram.VersionIn(output));

    [Theory]
    [InlineData("rkt:nosuch", "no variant")]
    [InlineData("rkt@arm64", "x86-64")]
    public async Task A_pod_that_it_cannot_start_is_refused(string name, string reason) =>
        await IsUnusableAsync(name, engines.Session, reason);

    [Fact]
    public async Task Says_what_the_user_has_to_bring()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && TargetName.HostArchitecture == GuestArchitecture.X64, "needs root on x86-64");
        await IsUnusableAsync("rkt", Session(new() { ["rkt"] = "/etc/passwd" }), "/etc/passwd is not an executable file");
        await IsUnusableAsync("rkt", Session(new() { ["rkt"] = "/bin/true" }), "needs a stage 1 image");
        await IsUnusableAsync("rkt", Session(new() { ["rkt"] = "/bin/true", ["rkt.stage1"] = "/no/such" }), "no stage 1 image /no/such");
        await IsUnusableAsync(
            "rkt", Session(new() { ["rkt"] = "/bin/true", ["rkt.stage1"] = "/etc/passwd" }, enclosed: false), "private mount namespace");
    }

    [Fact]
    public async Task A_stage_1_that_is_none_is_refused_before_rkt_sees_it()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && TargetName.HostArchitecture == GuestArchitecture.X64, "needs root on x86-64");
        var program = SmallProgram.Get();
        var file = Path.Combine(engines.Session.NewScratchDirectory("stage1"), "image.aci");
        File.WriteAllText(file, "no image");
        // Were rkt asked, /bin/true would take it.
        var session = Session(new() { ["rkt"] = "/bin/true", ["rkt.stage1"] = file });
        await IsUnusableAsync("rkt", session, "neither a tar");
        using (var image = File.Create(file))
        {
            AciImage.Write(image, new AciImageContent(GuestArchitecture.X64, program.Path, "test/app"));
        }

        await IsUnusableAsync("rkt", session, "no stage 1 of rkt");
    }

    [Fact]
    public async Task A_program_that_is_not_rkt_is_found_out()
    {
        UserImages.SkipUnlessThere("rkt", "rkt.stage1");
        var session = Session(new() { ["rkt"] = "/bin/true", ["rkt.stage1"] = UserImages.All["rkt.stage1"] });
        await IsUnusableAsync("rkt", session, "is it rkt 1.x?");
    }

    [Fact]
    public async Task Gives_the_guest_nothing_of_our_environment_but_its_label()
    {
        await using var target = await PrepareAsync();
        var console = new RecordingConsole();
        var launch = engines.Launch("environment");
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(launch, console, Cancellation));
        var lines = console.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains($"{InstanceProcesses.Variable}={launch.Label}", lines);
        Assert.Empty(lines.Select(line => line.Split('=')[0])
            .Except(["PATH", "SHELL", "USER", "LOGNAME", "HOME", InstanceProcesses.Variable]));
    }

    [Fact]
    public async Task Removes_each_pod_and_leaves_the_hosts_mounts_as_they_were()
    {
        var before = File.ReadAllText("/proc/self/mountinfo");
        string store;
        await using (var target = await PrepareAsync())
        {
            foreach (var behaviour in (string[][])[["status", "0"], ["segv"], ["straggler"]])
            {
                await target.RunAsync(engines.Launch(behaviour), new RecordingConsole(), Cancellation);
            }

            store = Directory.GetDirectories(engines.Session.ScratchDirectory, "rkt-*").Single();
            Assert.True(Directory.Exists(Path.Combine(store, "pods")));
            Assert.Empty(Directory.GetDirectories(Path.Combine(store, "pods")).SelectMany(Directory.GetDirectories));
            // A failed fetch leaves copies here; a good one must not.
            Assert.Empty(Directory.GetFiles(Path.Combine(store, "cas", "tmp")));
            Assert.Empty(Directory.GetFiles(store, "*.aci"));
        }

        Assert.False(Directory.Exists(store));
        // Also whether /dev, /proc and /sys are shared, which rkt changes where it can.
        Assert.Equal(before, File.ReadAllText("/proc/self/mountinfo"));
    }

    [Fact]
    public async Task Isolates_as_it_says()
    {
        await using var target = await PrepareAsync();
        var (own, _) = await NamespaceProgram.RunAsync(engines, target, Cancellation);
        Assert.Equal(["mnt"], own);
        Assert.Equal(["mount"], target.Isolation.Names);
    }

    private static async Task IsUnusableAsync(string name, TargetSession session, string reason)
    {
        await using var target = TargetCatalogue.Standard.Create(TargetCatalogue.Standard.Parse(name), session);
        var availability = await target.TryAsync(Cancellation);
        Assert.False(availability.Usable);
        Assert.Contains(reason, availability.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', availability.Reason!);
    }

    private Task<ITarget> PrepareAsync()
    {
        UserImages.SkipUnlessThere("rkt", "rkt.stage1");
        return engines.PrepareAsync("rkt");
    }

    private TargetSession Session(Dictionary<string, string> images, bool enclosed = true) => new(
        EngineFixture.Run, engines.Session.NewScratchDirectory("session"), enclosed ? EnclosureProgram.Find() : null, SmallProgram.Find,
        images: images);
}
