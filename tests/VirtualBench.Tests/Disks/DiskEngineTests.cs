using VirtualBench.Campaign;
using VirtualBench.Disks;
using VirtualBench.Guests;
using VirtualBench.Host;
using VirtualBench.Plan;
using VirtualBench.Protocol;
using VirtualBench.Targets;
using VirtualBench.Targets.Disks;
using VirtualBench.Tests.Targets;

namespace VirtualBench.Tests.Disks;

/// <summary>Each way of giving each engine's guests a disk: the probes run on it, and nothing of it stays.</summary>
[Collection("engines")]
public sealed class DiskEngineTests(EngineFixture engines)
{
    /// <summary>On a disk in most hosts, where the temporary directory may be memory.</summary>
    private const string UserDirectory = "/var/tmp";

    public static TheoryData<string, string, string> Pairs { get; } = new()
    {
        { "native", "directory", "" },
        { "oci:crun", "directory", "" },
        { "oci:crun", "overlay", "overlay" },
        { "oci:runc", "overlay", "overlay" },
        { "docker", "directory", "" },
        { "docker", "overlay", "" }, // as the daemon's storage driver has it
        { "docker", "volume", "" },
        { "qemu", "virtio-blk", "device" },
        { "qemu", "virtio-blk:qcow2,cache=writeback", "device" },
        { "qemu", "virtio-scsi:raw,aio=threads", "device" },
        { "qemu", "virtiofs", "fuse" },
        { "microvm", "virtio-blk:raw,aio=io_uring", "device" },
        { "microvm", "virtio-scsi", "device" },
        { "osv:tcg", "virtio-blk", "device" },
        { "rumprun:tcg", "virtio-blk", "device" },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Pairs))]
    public async Task A_guest_measures_the_disk_that_it_is_given(string name, string diskName, string system)
    {
        await using var target = await PrepareAsync(name);
        var session = new DiskSession(engines.Session.ScratchDirectory, UserDirectory, 4 << 20);
        await using var disk = DiskCatalogue.Create(diskName, session);
        Assert.Null(DiskCatalogue.WhyImpossible(diskName, target.Name, target.Disks));
        var found = await disk.FindAsync(Cancellation);
        Assert.SkipUnless(found.Usable, found.Reason ?? "");
        await disk.OpenAsync(Cancellation);
        var outside = Path.Combine(UserDirectory, RunScratch.Prefix + EngineFixture.Run);
        var before = Entries(outside);

        var record = await RunAsync(target, disk, null, "disk.randwrite", "disk.read", "disk.fsync");
        Assert.Null(record.Reason);
        var sections = record.Transcript!.Sections;
        Assert.Equal(
            name.StartsWith("osv", StringComparison.Ordinal)
                ? [SectionState.Complete, SectionState.Complete, SectionState.Unsupported]
                : [SectionState.Complete, SectionState.Complete, SectionState.Complete],
            sections.Select(s => s.State));
        Assert.Equal(before, Entries(outside)); // the trial's are gone
        if (system.Length > 0)
        {
            Assert.Equal(system, sections[0].Notes["disk"]);
        }

        await disk.DisposeAsync();
        Assert.Empty(Entries(outside));
    }

    [Fact]
    public async Task A_full_disk_and_a_read_only_one_are_told_and_the_next_probe_runs()
    {
        await using var target = await PrepareAsync("oci:crun");
        var full = await RunAsync(target, new NoDisk(), "/dev/shm", "disk.read{file=1G}", "os.clock");
        Assert.Equal([SectionState.Failed, SectionState.Complete], full.Transcript!.Sections.Select(s => s.State));
        Assert.Equal(
            "disk.read: the directory has 64 MiB free and the test file takes 1076 MiB (with 5 % to spare): "
                + "free some, or give a smaller file=",
            full.Reason);

        var readOnly = await RunAsync(target, new NoDisk(), "/", "disk.read{file=1M}", "os.clock");
        Assert.Equal([SectionState.Failed, SectionState.Complete], readOnly.Transcript!.Sections.Select(s => s.State));
        Assert.Equal("disk.read: disk /: it is read-only", readOnly.Reason);
    }

    private async Task<ITarget> PrepareAsync(string name)
    {
        var target = EngineFixture.Catalogue.Create(EngineFixture.Catalogue.Parse(name), engines.Session);
        var availability = await target.FindAsync(Cancellation);
        Assert.SkipUnless(availability.Usable, $"{name}: {availability.Reason}");
        await target.PrepareAsync([Program()], Cancellation);
        return target;
    }

    /// <summary>Again, as a campaign does, when so much else ran that the guest's lines came too late to compare its clock by.</summary>
    private async Task<TrialRecord> RunAsync(ITarget target, IDisk disk, string? path, params string[] probes)
    {
        TrialRecord record;
        var attempts = 0;
        do
        {
            record = await RunOnceAsync(target, disk, path, probes);
        }
        while (record.Reason?.Contains("guest clock", StringComparison.Ordinal) == true && ++attempts < 3);
        return record;
    }

    private async Task<TrialRecord> RunOnceAsync(ITarget target, IDisk disk, string? path, string[] probes)
    {
        var scratch = engines.Session.NewScratchDirectory("trial");
        IReadOnlyList<ProbeSpecification> asked =
        [
            .. probes.Select(text => ProbeSelection.TryParse(
                path is null ? text + "{file=4M}" : text, out var probe, out var error) ? probe : throw new InvalidDataException(error)),
        ];
        var trial = new PlannedTrial(1, 1, "guest", "c", asked);
        var plan = new CampaignPlan(
            "quick", 1, 1, 5, [new PlannedTarget("guest", target.Name)], ["c"], asked, new EngineSettings(5, 50, 2, 3, 5, 10),
            new Resources(1, 256 << 20, []), [trial]);
        return await TrialRunner.RunAsync(
            path is null ? target : new Elsewhere(target, path), Program(), trial, 1, plan,
            engines.Session.Label(Path.GetFileName(scratch)), scratch,
            new TrialSurroundings(null, PeerPlace.Host, null, [], "") { Disk = disk }, TimeSpan.FromMinutes(3), Cancellation);
    }

    private static IReadOnlyList<string> Entries(string directory) =>
        Directory.Exists(directory) ? [.. Directory.EnumerateFileSystemEntries(directory).Order()] : [];

    private static GuestProgram Program()
    {
        var program = BuildOutput.FindProgram("c", TargetName.HostArchitecture);
        Assert.SkipWhen(program is null, "the guest program has not been built");
        return program!;
    }

    /// <summary>Nothing besides what the guest has anyway.</summary>
    private sealed class NoDisk : IDisk
    {
        public string Name => "none";

        public DiskKinds Offers => DiskKinds.None;

        public IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

        public Task<Availability> FindAsync(CancellationToken cancellation) => Task.FromResult(new Availability(true, null));

        public Task OpenAsync(CancellationToken cancellation) => Task.CompletedTask;

        public DiskPort Plug(string label) => new(new VolumeDisk());

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>A target whose guest is told another path.</summary>
    private sealed class Elsewhere(ITarget target, string path) : ITarget
    {
        public TargetName Name => target.Name;

        public Acceleration Acceleration => target.Acceleration;

        public Isolation Isolation => target.Isolation;

        public string DiskPath(GuestDisk disk) => path;

        public Task<Availability> FindAsync(CancellationToken cancellation) => target.FindAsync(cancellation);

        public Task<Availability> TryAsync(CancellationToken cancellation) => target.TryAsync(cancellation);

        public Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation) =>
            target.PrepareAsync(programs, cancellation);

        public Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation) =>
            target.RunAsync(launch, console, cancellation);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
