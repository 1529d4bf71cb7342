using System.Runtime.InteropServices;

namespace VirtualBench.Probes.Interop;

/// <summary>Memory from native/include/vb_platform.h, so that a C# probe works on the same kind of pages as the C one.</summary>
internal static unsafe partial class Platform
{
    /// <summary>Page-aligned, zeroed and prefaulted memory of <paramref name="bytes"/> bytes; null when there is none.</summary>
    public static void* Map(nuint bytes) => MapPages(bytes, 0);

    /// <summary>Gives back what <see cref="Map"/> returned.</summary>
    [LibraryImport("vbplatform", EntryPoint = "vb_platform_unmap")]
    public static partial void Unmap(void* address, nuint bytes);

    [LibraryImport("vbplatform", EntryPoint = "vb_platform_map")]
    private static partial void* MapPages(nuint bytes, uint flags);
}
