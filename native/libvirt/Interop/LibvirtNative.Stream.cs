using System.Runtime.InteropServices;

namespace VirtualBench.Libvirt.Interop;

/// <summary>Functions of a <c>virStreamPtr</c>.</summary>
internal static unsafe partial class LibvirtNative
{
    [LibraryImport(Library)]
    internal static partial StreamHandle virStreamNew(ConnectionHandle connection, uint flags);

    [LibraryImport(Library)]
    internal static partial int virStreamFree(nint stream);

    /// <summary>Bytes received; 0 at the end; -1 on an error; -2 when a non-blocking stream has none now.</summary>
    [LibraryImport(Library)]
    internal static partial int virStreamRecv(StreamHandle stream, byte* bytes, nuint capacity);

    [LibraryImport(Library)]
    internal static partial int virStreamSend(StreamHandle stream, byte* bytes, nuint length);

    [LibraryImport(Library)]
    internal static partial int virStreamFinish(StreamHandle stream);

    [LibraryImport(Library)]
    internal static partial int virStreamAbort(StreamHandle stream);
}
