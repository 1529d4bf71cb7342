using System.Runtime.InteropServices;

namespace VirtualBench.Libvirt.Interop;

/// <summary>Functions of a <c>virDomainPtr</c>. A returned <c>byte*</c> is the caller's to free unless it says otherwise.</summary>
internal static unsafe partial class LibvirtNative
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainDefineXMLFlags(ConnectionHandle connection, string xml, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainCreateXML(ConnectionHandle connection, string xml, uint flags);

    /// <summary>The descriptors stay the caller's: the far end gets copies.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainCreateXMLWithFiles(
        ConnectionHandle connection, string xml, uint count, int* descriptors, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainLookupByName(ConnectionHandle connection, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainLookupByUUIDString(ConnectionHandle connection, string uuid);

    [LibraryImport(Library)]
    internal static partial DomainHandle virDomainLookupByID(ConnectionHandle connection, int id);

    [LibraryImport(Library)]
    internal static partial int virDomainFree(nint domain);

    [LibraryImport(Library)]
    internal static partial int virDomainCreateWithFlags(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainUndefineFlags(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainResume(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainSuspend(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainShutdown(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainDestroyFlags(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainGetState(DomainHandle domain, out int state, out int reason, uint flags);

    /// <summary>Borrowed: lives as long as the domain reference.</summary>
    [LibraryImport(Library)]
    internal static partial byte* virDomainGetName(nint domain);

    [LibraryImport(Library)]
    internal static partial int virDomainGetUUIDString(nint domain, byte* buffer37);

    [LibraryImport(Library)]
    internal static partial uint virDomainGetID(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainIsActive(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainIsPersistent(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial byte* virDomainGetXMLDesc(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainGetInfo(DomainHandle domain, out NativeDomainInfo info);

    [LibraryImport(Library)]
    internal static partial int virDomainGetCPUStats(
        DomainHandle domain, NativeTypedParameter* parameters, uint count, int startCpu, uint cpus, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainMemoryStats(DomainHandle domain, NativeMemoryStatistic* statistics, uint count, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainBlockStatsFlags(
        DomainHandle domain, string disk, NativeTypedParameter* parameters, ref int count, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainInterfaceStats(
        DomainHandle domain, string device, out NativeInterfaceStatistics statistics, nuint size);

    [LibraryImport(Library)]
    internal static partial int virDomainPinVcpu(DomainHandle domain, uint virtualCpu, byte* map, int mapLength);

    [LibraryImport(Library)]
    internal static partial int virDomainPinEmulator(DomainHandle domain, byte* map, int mapLength, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainGetVcpuPinInfo(DomainHandle domain, int maps, byte* map, int mapLength, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainGetEmulatorPinInfo(DomainHandle domain, byte* map, int mapLength, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainOpenConsole(DomainHandle domain, string? device, StreamHandle stream, uint flags);
}
