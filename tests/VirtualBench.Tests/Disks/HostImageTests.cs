using VirtualBench.Disks;
using VirtualBench.Targets;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.Leftovers;

namespace VirtualBench.Tests.Disks;

public sealed class HostImageTests : IDisposable
{
    private readonly string _userDirectory = Directory.CreateTempSubdirectory("vb-user-").FullName;
    private readonly string _run = $"disk{Guid.NewGuid():N}"[..12];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Outside => Path.Combine(_userDirectory, RunScratch.Prefix + _run);

    [Fact]
    public async Task An_image_is_there_in_full_before_the_first_trial_and_gone_after_the_last()
    {
        using var scratch = RunScratch.Create(_run);
        await using (var disk = DiskCatalogue.Create("virtio-blk", Session(scratch, 3_000_000)))
        {
            await disk.OpenAsync(Cancellation);
            using var port = disk.Plug("trial");
            var file = new FileInfo(Assert.IsType<ImageDisk>(port.Disk).File);
            Assert.StartsWith(Outside + "/", file.FullName, StringComparison.Ordinal);
            Assert.Equal(3 << 20, file.Length);
            var bytes = await File.ReadAllBytesAsync(file.FullName, Cancellation);
            for (var block = 0; block < bytes.Length; block += 4096)
            {
                Assert.NotEqual(-1, bytes.AsSpan(block, 4096).IndexOfAnyExcept((byte)0));
            }

            Assert.Equal(["aio", "cache", "fileSystem", "format"], disk.Settings.Keys);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Outside));
    }

    [Fact]
    public async Task What_a_dead_run_left_in_the_users_directory_goes_with_its_scratch_directory()
    {
        using (var scratch = RunScratch.Create(_run))
        {
            var disk = DiskCatalogue.Create("virtio-scsi", Session(scratch, 1 << 20));
            await disk.OpenAsync(Cancellation);
            Assert.NotEmpty(Directory.EnumerateFiles(Outside, "*", SearchOption.AllDirectories));
            Assert.Empty(await new ScratchLeftovers().FindAsync(LeftoverScope.Now(_run), Cancellation)); // it lives
        }

        Assert.False(Directory.Exists(Outside));
        Assert.True(Directory.Exists(_userDirectory));
    }

    [Fact]
    public void What_only_looks_like_a_way_outside_is_not_followed()
    {
        var precious = Directory.CreateDirectory(Path.Combine(_userDirectory, "precious")).FullName;
        using (var scratch = RunScratch.Create(_run))
        {
            Directory.CreateSymbolicLink(Path.Combine(scratch.DirectoryPath, "outside"), precious);
        }

        Assert.True(Directory.Exists(precious));
    }

    public void Dispose() => Directory.Delete(_userDirectory, recursive: true);

    private DiskSession Session(RunScratch scratch, long bytes) => new(scratch.DirectoryPath, _userDirectory, bytes);
}
