using System.Runtime.InteropServices;

namespace VirtualBench.Libvirt.Interop;

/// <summary>Functions of a <c>virConnectPtr</c>. A returned <c>byte*</c> is the caller's to free (see <see cref="Take"/>).</summary>
internal static unsafe partial class LibvirtNative
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ConnectionHandle virConnectOpen(string uri);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ConnectionHandle virConnectOpenReadOnly(string uri);

    /// <summary>The number of references that remain, or -1.</summary>
    [LibraryImport(Library)]
    internal static partial int virConnectClose(nint connection);

    [LibraryImport(Library)]
    internal static partial int virConnectGetVersion(ConnectionHandle connection, out nuint version);

    [LibraryImport(Library)]
    internal static partial int virConnectGetLibVersion(ConnectionHandle connection, out nuint version);

    [LibraryImport(Library)]
    internal static partial byte* virConnectGetURI(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial byte* virConnectGetHostname(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial byte* virConnectGetCapabilities(ConnectionHandle connection);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte* virConnectGetDomainCapabilities(
        ConnectionHandle connection, string? emulator, string? architecture, string? machine, string? virtualisation, uint flags);

    /// <summary>Borrowed: a constant such as <c>QEMU</c>.</summary>
    [LibraryImport(Library)]
    internal static partial byte* virConnectGetType(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial int virConnectIsAlive(ConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial int virConnectSetKeepAlive(ConnectionHandle connection, int intervalSeconds, uint count);

    /// <summary>The array is the caller's to free, and each domain in it is a reference of the caller's.</summary>
    [LibraryImport(Library)]
    internal static partial int virConnectListAllDomains(ConnectionHandle connection, nint** domains, uint flags);

    [LibraryImport(Library)]
    internal static partial int virNodeGetInfo(ConnectionHandle connection, NativeNodeInfo* info);

    [LibraryImport(Library)]
    internal static partial int virConnectDomainEventRegisterAny(
        ConnectionHandle connection, nint domainOrNull, int eventId,
        delegate* unmanaged<nint, nint, int, int, nint, int> callback, nint opaque, delegate* unmanaged<nint, void> free);

    [LibraryImport(Library)]
    internal static partial int virConnectDomainEventDeregisterAny(ConnectionHandle connection, int callbackId);
}
