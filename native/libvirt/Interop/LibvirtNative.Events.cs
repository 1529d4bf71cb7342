using System.Runtime.InteropServices;

namespace VirtualBench.Libvirt.Interop;

/// <summary>Functions of the process-wide event loop.</summary>
internal static unsafe partial class LibvirtNative
{
    [LibraryImport(Library)]
    internal static partial int virEventRegisterDefaultImpl();

    [LibraryImport(Library)]
    internal static partial int virEventRunDefaultImpl();

    [LibraryImport(Library)]
    internal static partial int virEventAddTimeout(
        int milliseconds, delegate* unmanaged<int, nint, void> callback, nint opaque, delegate* unmanaged<nint, void> free);

    [LibraryImport(Library)]
    internal static partial void virEventUpdateTimeout(int timer, int milliseconds);
}
