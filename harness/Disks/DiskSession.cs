using System.Globalization;
using VirtualBench.Plan;
using VirtualBench.Targets;

namespace VirtualBench.Disks;

/// <summary>What the disks of one run share.</summary>
/// <param name="ScratchDirectory">The run's; disks lie in it unless the user names a directory.</param>
/// <param name="UserDirectory">Where the user wants them; null: he does not care.</param>
/// <param name="FileBytes">The most that a probe of the run uses of a disk.</param>
public sealed record DiskSession(string ScratchDirectory, string? UserDirectory, long FileBytes)
{
    private const long DefaultFileBytes = 1L << 30;
    private const string MemoryFileSystem = "tmpfs";
    private int _count;

    /// <summary>Where disks lie.</summary>
    public string Place => UserDirectory ?? ScratchDirectory;

    /// <summary>What the <c>file</c> parameters of disk.* ask for, at most.</summary>
    public static long FileBytesOf(IEnumerable<ProbeSpecification> probes) =>
        probes.Where(p => Crossing.NeedOf(p.Id) == Need.Disk)
            .Select(p => p.Parameters.FirstOrDefault(parameter => parameter.Key == "file").Value)
            .Select(file => file is null ? DefaultFileBytes : BytesOf(file))
            .DefaultIfEmpty(DefaultFileBytes).Max();

    /// <summary>Why disks cannot lie there; null when they can.</summary>
    /// <param name="bytes">Room that is needed.</param>
    public Availability? WhyNot(long bytes)
    {
        const string Remedy = "--disk-directory DIR";
        if (!Directory.Exists(Place))
        {
            return new Availability(false, null, $"there is no directory {Place}", Remedy);
        }

        var drive = new DriveInfo(Place);
        var wanted = bytes + (bytes / 20);
        return UserDirectory is null && drive.DriveFormat == MemoryFileSystem
            ? new Availability(false, null, $"the scratch directory {Place} is on tmpfs, which is no disk", Remedy)
            : drive.AvailableFreeSpace < wanted
            ? new Availability(
                false, null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Place} has {drive.AvailableFreeSpace >> 20} MiB free "
                        + $"and the disk takes {(wanted + (1 << 20) - 1) >> 20} MiB (with 5 % to spare)"),
                Remedy)
            : null;
    }

    /// <summary>The file system that they lie on, e.g. <c>ext4</c>.</summary>
    public string FileSystem => new DriveInfo(Place).DriveFormat;

    /// <summary>A new empty directory for disks; it goes when the run's scratch directory goes, if not earlier.</summary>
    /// <exception cref="TargetException">It cannot be made.</exception>
    public string NewDirectory(string what)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{what}-{Interlocked.Increment(ref _count)}");
        try
        {
            var parent = UserDirectory is null ? ScratchDirectory : RunScratch.Extend(ScratchDirectory, UserDirectory);
            return Directory.CreateDirectory(Path.Combine(parent, name)).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"no directory for a disk can be made in {Place}: {e.Message}; --disk-directory DIR", e);
        }
    }

    // As the guest program reads a number: K, M, G are binary. What it is not, the guest program refuses.
    private static long BytesOf(string text)
    {
        var shift = text.Length == 0 ? 0 : text[^1] switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        return long.TryParse(shift == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= long.MaxValue >> shift
            ? number << shift
            : DefaultFileBytes;
    }
}
