using System.Runtime.InteropServices;

namespace VirtualBench.Targets.Interop;

/// <summary>The host's cache of what files hold.</summary>
internal static class PageCache
{
    /// <summary>posix_fadvise: the data will not be accessed in the near future. Written data is not dropped: it is synced first.</summary>
    /// <exception cref="TargetException">The kernel does not do it.</exception>
    public static void Drop(string file)
    {
        const int DontNeed = 4;
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
        if (Libc.Advise(handle, 0, 0, DontNeed) is var error and not 0)
        {
            throw new TargetException($"the page cache of {file} cannot be dropped: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }
}
