using VirtualBench.Disks;
using VirtualBench.Plan;
using VirtualBench.Targets;
using VirtualBench.Targets.Disks;

namespace VirtualBench.Tests.Disks;

public sealed class DiskCatalogueTests
{
    [Theory]
    [InlineData("directory")]
    [InlineData("virtio-blk")]
    [InlineData("virtio-blk:qcow2")]
    [InlineData("virtio-scsi:raw,cache=writeback,aio=io_uring")]
    [InlineData("virtio-blk:raw,aio=threads,cache=none")]
    public void Knows(string name) => Assert.Null(DiskCatalogue.WhyUnknown(name));

    [Theory]
    [InlineData("floppy", "unknown disk 'floppy'; there are directory, overlay, volume, virtio-blk[:raw|qcow2[,cache=none|writeback]")]
    [InlineData("directory:/tmp", "'directory:/tmp' is no disk: write directory")]
    [InlineData("virtio-blk:vmdk", "disk virtio-blk: 'vmdk' is no format of an image: raw or qcow2")]
    [InlineData("virtio-blk:", "disk virtio-blk: '' is no format of an image: raw or qcow2")]
    [InlineData("virtio-blk:raw,cache=unsafe", "disk virtio-blk: 'cache=unsafe' is no option of an image: write raw|qcow2[")]
    [InlineData("virtio-blk:raw,cache=none,cache=none", "disk virtio-blk: 'cache=none' is no option of an image")]
    [InlineData("virtio-scsi:raw,aio", "disk virtio-scsi: 'aio' is no option of an image")]
    [InlineData("virtio-blk:raw,cache=writeback,aio=native", "disk virtio-blk: aio=native needs cache=none")]
    public void Says_why_not(string name, string why) =>
        Assert.StartsWith(why, DiskCatalogue.WhyUnknown(name), StringComparison.Ordinal);

    [Fact]
    public void A_list_is_split_between_disks_and_not_within_one()
    {
        var names = Crossing.ReadNames(
            "directory, virtio-blk:qcow2,cache=none,aio=native,virtio-scsi:raw,cache=writeback,9p,directory", "disk",
            DiskCatalogue.WhyUnknown, DiskCatalogue.Join);
        Assert.Equal(["directory", "virtio-blk:qcow2,cache=none,aio=native", "virtio-scsi:raw,cache=writeback", "9p"], names);
    }

    [Theory]
    [InlineData(null, "raw", "none", "native")]
    [InlineData("qcow2", "qcow2", "none", "native")]
    [InlineData("raw,cache=writeback", "raw", "writeback", "threads")]
    [InlineData("raw,aio=io_uring", "raw", "none", "io_uring")]
    public void What_is_not_said_of_an_image_is_past_the_page_cache(string? text, string format, string cache, string aio) =>
        Assert.Equal(new ImageOptions(format, cache, aio), ImageArgument.Read(text, out _));

    [Theory]
    [InlineData("virtio-blk", DiskKinds.Directory | DiskKinds.Volume, "docker takes directory or volume, and not virtio-blk")]
    [InlineData("overlay", DiskKinds.None, "docker cannot be given a disk")]
    [InlineData("9p", DiskKinds.VirtioBlk,
        "docker takes virtio-blk, and not 9p: Debian's cloud kernel, which virtual machines boot without --kernel, has none")]
    [InlineData("volume", DiskKinds.Volume, null)]
    public void A_pair_that_cannot_be_has_a_reason(string name, DiskKinds takes, string? why) =>
        Assert.Equal(why, DiskCatalogue.WhyImpossible(name, Docker, takes));

    [Theory]
    [InlineData("disk.read", null, 1L << 30)]
    [InlineData("disk.read", "64M", 64L << 20)]
    [InlineData("disk.read", "4096", 4096)]
    [InlineData("disk.read", "3G", 3L << 30)]
    [InlineData("disk.read", "99999999999G", 1L << 30)] // which the guest program refuses
    [InlineData("os.clock", "5G", 1L << 30)]
    public void A_disk_is_as_large_as_its_probes_ask(string probe, string? file, long bytes)
    {
        ProbeSpecification[] probes =
            [new("disk.fsync", [new("file", "1024")]), new(probe, file is null ? [] : [new("file", file)])];
        Assert.Equal(probe == "os.clock" ? 1024 : bytes, DiskSession.FileBytesOf(probes));
    }

    [Fact]
    public void What_does_not_fit_is_told_with_numbers()
    {
        var reason = new DiskSession("/nowhere", Path.GetTempPath(), 1).WhyNot(1L << 50)!;
        Assert.Matches(@" has [0-9]+ MiB free and the disk takes 1127428916 MiB \(with 5 % to spare\)$", reason.Reason);
        Assert.Equal("--disk-directory DIR", reason.Remedy);
        Assert.Equal("there is no directory /nowhere", new DiskSession("/nowhere", null, 1).WhyNot(1)!.Reason);
    }

    [Fact]
    public void Memory_is_no_disk_unless_it_is_named()
    {
        const string Memory = "/dev/shm";
        Assert.SkipUnless(Directory.Exists(Memory) && new DriveInfo(Memory).DriveFormat == "tmpfs", $"{Memory} is no tmpfs here");
        Assert.Equal($"the scratch directory {Memory} is on tmpfs, which is no disk", new DiskSession(Memory, null, 1).WhyNot(1)!.Reason);
        Assert.Null(new DiskSession("/nowhere", Memory, 1).WhyNot(1));
    }

    private static TargetName Docker => TargetName.TryParse("docker", out var name) ? name : throw new InvalidOperationException();
}
