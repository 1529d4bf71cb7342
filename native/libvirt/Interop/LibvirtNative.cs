using System.Runtime.InteropServices;

namespace VirtualBench.Libvirt.Interop;

/// <summary>The library as a whole: finding it, its version, its errors and who frees its strings.</summary>
internal static unsafe partial class LibvirtNative
{
    /// <summary>The ABI name, as in every libvirt since 2005; a package without development files has only this one.</summary>
    internal const string Library = "libvirt.so.0";

    [LibraryImport(Library)]
    internal static partial int virInitialize();

    /// <summary><c>unsigned long</c> is as wide as a pointer on every Linux.</summary>
    [LibraryImport(Library)]
    internal static partial int virGetVersion(out nuint libraryVersion, byte* type, nuint* typeVersion);

    [LibraryImport(Library)]
    internal static partial void virSetErrorFunc(void* userData, delegate* unmanaged<void*, NativeError*, void> handler);

    /// <summary>Borrowed: the structure belongs to the calling thread and lasts until that thread's next call.</summary>
    [LibraryImport(Library)]
    internal static partial NativeError* virGetLastError();

    /// <summary>The caller frees its string values with <see cref="virTypedParamsClear"/>, the array itself is the caller's own.</summary>
    [LibraryImport(Library)]
    internal static partial void virTypedParamsClear(NativeTypedParameter* parameters, int count);

    /// <summary>Without a handler of ours libvirt prints every error on stderr, besides returning it.</summary>
    internal static void SilenceErrors() => virSetErrorFunc(null, &DiscardError);

    /// <summary>
    /// An embedded driver logs as the daemon that it is elsewhere: on stderr. What goes wrong is in the exceptions already. Only the
    /// environment can tell it otherwise before it begins, and only the C library's own, for .NET keeps a copy. Someone who wants the log
    /// has set the variable.
    /// </summary>
    internal static void SilenceLog() => _ = LibcNative.setenv("LIBVIRT_LOG_OUTPUTS", "4:file:/dev/null", overwrite: 0);

    [UnmanagedCallersOnly]
    private static void DiscardError(void* userData, NativeError* error)
    {
    }

    /// <summary>Copies a string that the caller owns, and frees it: libvirt allocates with malloc, so <c>free</c> it is.</summary>
    internal static string? Take(byte* owned)
    {
        try
        {
            return Marshal.PtrToStringUTF8((nint)owned);
        }
        finally
        {
            NativeMemory.Free(owned);
        }
    }

    /// <summary>Copies a string that libvirt keeps; it must not be freed.</summary>
    internal static string? Borrow(byte* borrowed) => Marshal.PtrToStringUTF8((nint)borrowed);
}
