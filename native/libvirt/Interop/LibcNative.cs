using System.Runtime.InteropServices;

namespace VirtualBench.Libvirt.Interop;

/// <summary>The few system calls that hosting a driver in this process takes. Each returns -1 and sets errno on failure.</summary>
internal static partial class LibcNative
{
    internal const int ChildSubreaper = 36; // PR_SET_CHILD_SUBREAPER
    internal const int NoHang = 1; // WNOHANG
    internal const int NewMountNamespace = 0x00020000; // CLONE_NEWNS
    internal const nuint BindMount = 0x1000; // MS_BIND
    internal const nuint RecursiveSlave = 0x4000 | 0x80000; // MS_REC | MS_SLAVE

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int waitpid(int process, out int status, int options);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, string target, string? type, nuint flags, nint options);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int setenv(string name, string value, int overwrite);
}
