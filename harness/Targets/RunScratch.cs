using Mono.Unix.Native;
using VirtualBench.Targets.Described;

namespace VirtualBench.Targets;

/// <summary>
/// The scratch directory of a run, <c>virtualbench-RUN</c> in the temporary directory. While the run lives it holds a lock (flock) on the
/// file <c>live</c> in it, which the kernel releases however the run ends: a directory whose file can be locked is left over.
/// </summary>
public sealed class RunScratch : IDisposable
{
    /// <summary>What names of ours begin with: directories, labels, containers.</summary>
    public const string Prefix = "virtualbench-";

    private const string LockName = "live";

    /// <summary>A link to a directory of the run's outside, see <see cref="Extend"/>.</summary>
    private const string OutsideName = "outside";

    private readonly FileStream _alive;

    private RunScratch(string path, FileStream alive)
    {
        DirectoryPath = path;
        _alive = alive;
    }

    public string DirectoryPath { get; }

    /// <exception cref="TargetException">The temporary directory cannot be written, or a run of that name lives.</exception>
    public static RunScratch Create(string run)
    {
        var path = Path.Combine(Path.GetTempPath(), Prefix + run);
        try
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new RunScratch(path, Lock(path, FileMode.OpenOrCreate));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"cannot use the scratch directory {path}: {e.Message}; set TMPDIR to a writable directory", e);
        }
    }

    /// <summary>
    /// Every scratch directory there is: its run, its path, and whether that run lives. A directory of such a name without the lock file is
    /// somebody else's, or is just being made.
    /// </summary>
    public static IReadOnlyList<(string Run, string Path, bool Lives)> FindAll() =>
    [
        .. Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*")
            .Where(path => File.Exists(Path.Combine(path, LockName)))
            .Select(path => (Path.GetFileName(path)[Prefix.Length..], path, Lives(path))),
    ];

    /// <summary>
    /// A directory of the run's, of the same name, in one that the user named: for what must not lie in the temporary directory. A link in
    /// the scratch directory leads there, made first, so that it is deleted with it whoever does that.
    /// </summary>
    /// <exception cref="IOException">It cannot be made, or another was made before.</exception>
    internal static string Extend(string scratchDirectory, string userDirectory)
    {
        var path = Path.Combine(userDirectory, Path.GetFileName(scratchDirectory));
        var link = new DirectoryInfo(Path.Combine(scratchDirectory, OutsideName));
        if (link.LinkTarget is null)
        {
            link.CreateAsSymbolicLink(path);
            // Whoever serves a guest goes through it, and sees no names.
            Directory.CreateDirectory(path, (UnixFileMode)0b111_001_001);
        }

        return link.LinkTarget == path ? path : throw new IOException($"{scratchDirectory} leads to {link.LinkTarget} already");
    }

    /// <summary>
    /// Deletes it, unless something in it says what could not be cleaned or put back: then it is left to <c>clean</c>.
    /// </summary>
    public void Dispose()
    {
        if (!CleaningOrder.AnyIn(DirectoryPath) && !HostSetting.AnyIn(DirectoryPath))
        {
            Delete(DirectoryPath);
        }

        _alive.Dispose();
    }

    /// <summary>Deletes a run's scratch directory; no error when there is none.</summary>
    internal static void Delete(string path)
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        // The lock file last: what is left of a deletion that failed is still known as ours by it.
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos().Where(entry => entry.Name != LockName))
        {
            if (entry is DirectoryInfo { LinkTarget: null } directory)
            {
                directory.Delete(recursive: true);
            }
            else
            {
                if (entry is { Name: OutsideName, LinkTarget: { } outside }
                    && Path.GetFileName(outside) == Path.GetFileName(path) && Directory.Exists(outside))
                {
                    Directory.Delete(outside, recursive: true);
                }

                // As a file even where it is a link to a directory, which may be gone.
                File.Delete(entry.FullName);
            }
        }

        Directory.Delete(path, recursive: true);
    }

    /// <summary>Whether a directory is ours, and nobody else can write to it: what stands in it may be believed.</summary>
    internal static bool IsOursAlone(string directory) =>
        Syscall.lstat(directory, out var status) == 0
        && (status.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFDIR
        && (status.st_mode & (FilePermissions.S_IWGRP | FilePermissions.S_IWOTH)) == 0
        && status.st_uid == Syscall.geteuid();

    private static bool Lives(string path)
    {
        try
        {
            using var taken = Lock(path, FileMode.Open);
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false; // deleted meanwhile
        }
        catch (UnauthorizedAccessException)
        {
            return true; // another user's: not ours to judge
        }
        catch (IOException)
        {
            return true;
        }
    }

    // FileShare.None is flock(LOCK_EX | LOCK_NB) on Unix; .NET's descriptors are not inherited, so no child can hold it for us.
    private static FileStream Lock(string path, FileMode mode) =>
        new(Path.Combine(path, LockName), mode, FileAccess.ReadWrite, FileShare.None);
}
