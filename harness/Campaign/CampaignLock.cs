namespace VirtualBench.Campaign;

/// <summary>
/// One campaign per host at a time: two would measure each other. It is an flock on a file, which the kernel releases when its holder ends
/// in any way; the file itself stays and means nothing without the lock.
/// </summary>
internal sealed class CampaignLock : IDisposable
{
    private readonly FileStream _file;

    private CampaignLock(FileStream file) => _file = file;

    /// <summary>The lock file: in the host's directory for locks, which every user can write to.</summary>
    public static string DefaultPath => Path.Combine(Directory.Exists("/run/lock") ? "/run/lock" : Path.GetTempPath(), "virtualbench.lock");

    /// <summary>Takes the lock, or throws a <see cref="CampaignException"/> that says who holds it.</summary>
    public static CampaignLock Take(string path, string holder)
    {
        FileStream file;
        try
        {
            file = Open(path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CampaignException($"cannot use the lock {path}: {e.Message.TrimEnd('.')}; remove it or make it writable", e);
        }
        catch (IOException e)
        {
            throw new CampaignException(
                $"another campaign runs on this host ({path} is locked); wait for it or end it, for two would measure each other", e);
        }

        if (OperatingSystem.IsLinux())
        {
            try
            {
                File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
            }
            catch (UnauthorizedAccessException)
            {
                // Another user made it, readable and writable for all.
            }
        }

        file.SetLength(0);
        file.Write(System.Text.Encoding.UTF8.GetBytes(holder + "\n"));
        file.Flush();
        return new CampaignLock(file);
    }

    public void Dispose() => _file.Dispose();

    // FileShare.None is flock(LOCK_EX | LOCK_NB) on Unix. Opened without O_CREAT where it exists: with it, a kernel that protects regular
    // files in sticky directories refuses another user's.
    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (FileNotFoundException)
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
    }
}

/// <summary>A campaign cannot begin or go on; the message is one line: what, why, what to do next.</summary>
public sealed class CampaignException : Exception
{
    public CampaignException()
    {
    }

    public CampaignException(string message)
        : base(message)
    {
    }

    public CampaignException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
