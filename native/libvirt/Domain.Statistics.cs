using System.Runtime.CompilerServices;
using VirtualBench.Libvirt.Interop;

namespace VirtualBench.Libvirt;

/// <summary>What a domain has used, and where on the host it may run.</summary>
public sealed partial class Domain
{
    public DomainInfo Info
    {
        get
        {
            LibvirtException.Check(LibvirtNative.virDomainGetInfo(_handle, out var info), nameof(LibvirtNative.virDomainGetInfo));
            return new DomainInfo(
                (DomainState)info.State, (long)info.MaximumMemoryKiB * 1024, (long)info.MemoryKiB * 1024, info.VirtualCpus, info.CpuTimeNs);
        }
    }

    /// <summary>Processor time over all host processors, ns: <c>cpu_time</c>, <c>user_time</c>, <c>system_time</c>.</summary>
    /// <exception cref="LibvirtException">The driver reads them from a cgroup, and there is none.</exception>
    public unsafe IReadOnlyList<TypedParameter> GetCpuStatistics()
    {
        const int Total = -1;
        var count = LibvirtException.Check(
            LibvirtNative.virDomainGetCPUStats(_handle, null, 0, Total, 1, 0), nameof(LibvirtNative.virDomainGetCPUStats));
        var filled = new NativeTypedParameter[count];
        fixed (NativeTypedParameter* first = filled)
        {
            count = LibvirtException.Check(
                LibvirtNative.virDomainGetCPUStats(_handle, first, (uint)count, Total, 1, 0), nameof(LibvirtNative.virDomainGetCPUStats));
        }

        return TypedParameter.Take(filled.AsSpan(0, count));
    }

    /// <summary>Those that driver and guest can tell; see <see cref="MemoryStatistic"/> for units.</summary>
    public unsafe IReadOnlyDictionary<MemoryStatistic, ulong> GetMemoryStatistics()
    {
        // More than any version has: the call fills in as many as there are.
        const int Capacity = 32;
        var statistics = stackalloc NativeMemoryStatistic[Capacity];
        var count = LibvirtException.Check(
            LibvirtNative.virDomainMemoryStats(_handle, statistics, Capacity, 0), nameof(LibvirtNative.virDomainMemoryStats));
        var found = new Dictionary<MemoryStatistic, ulong>();
        for (var i = 0; i < count; i++)
        {
            found[(MemoryStatistic)statistics[i].Tag] = statistics[i].Value;
        }

        return found;
    }

    /// <summary>Counters of a disk, e.g. <c>rd_bytes</c>, <c>wr_operations</c>.</summary>
    /// <param name="disk">The target's name, e.g. <c>vda</c>; empty: all together.</param>
    public unsafe IReadOnlyList<TypedParameter> GetBlockStatistics(string disk)
    {
        var count = 0;
        LibvirtException.Check(
            LibvirtNative.virDomainBlockStatsFlags(_handle, disk, null, ref count, 0), nameof(LibvirtNative.virDomainBlockStatsFlags));
        var filled = new NativeTypedParameter[count];
        fixed (NativeTypedParameter* first = filled)
        {
            LibvirtException.Check(
                LibvirtNative.virDomainBlockStatsFlags(_handle, disk, first, ref count, 0), nameof(LibvirtNative.virDomainBlockStatsFlags));
        }

        return TypedParameter.Take(filled.AsSpan(0, count));
    }

    /// <param name="device">The interface's name on the host, or its MAC address.</param>
    public InterfaceStatistics GetInterfaceStatistics(string device)
    {
        LibvirtException.Check(
            LibvirtNative.virDomainInterfaceStats(_handle, device, out var counters, (nuint)Unsafe.SizeOf<NativeInterfaceStatistics>()),
            nameof(LibvirtNative.virDomainInterfaceStats));
        return new InterfaceStatistics(
            counters.ReceivedBytes, counters.ReceivedPackets, counters.ReceiveErrors, counters.ReceiveDrops,
            counters.SentBytes, counters.SentPackets, counters.SendErrors, counters.SendDrops);
    }

    /// <summary>Lets a virtual processor run on these processors of the host only.</summary>
    public unsafe void PinVirtualCpu(int virtualCpu, IEnumerable<int> hostCpus)
    {
        var map = CpuMap.Encode(hostCpus);
        fixed (byte* bytes = map)
        {
            LibvirtException.Check(
                LibvirtNative.virDomainPinVcpu(_handle, (uint)virtualCpu, bytes, map.Length), nameof(LibvirtNative.virDomainPinVcpu));
        }
    }

    /// <summary>Lets everything of the emulator but its virtual processors run on these processors of the host only.</summary>
    public unsafe void PinEmulator(IEnumerable<int> hostCpus)
    {
        var map = CpuMap.Encode(hostCpus);
        fixed (byte* bytes = map)
        {
            LibvirtException.Check(
                LibvirtNative.virDomainPinEmulator(_handle, bytes, map.Length, 0), nameof(LibvirtNative.virDomainPinEmulator));
        }
    }

    /// <summary>The host processors that each of the first <paramref name="virtualCpus"/> may run on.</summary>
    public unsafe IReadOnlyList<IReadOnlyList<int>> GetVirtualCpuPinning(int virtualCpus)
    {
        var length = MapLength();
        var maps = new byte[virtualCpus * length];
        int count;
        fixed (byte* bytes = maps)
        {
            count = LibvirtException.Check(
                LibvirtNative.virDomainGetVcpuPinInfo(_handle, virtualCpus, bytes, length, 0),
                nameof(LibvirtNative.virDomainGetVcpuPinInfo));
        }

        return [.. Enumerable.Range(0, count).Select(vcpu => CpuMap.Decode(maps.AsSpan(vcpu * length, length)))];
    }

    public unsafe IReadOnlyList<int> GetEmulatorPinning()
    {
        var map = new byte[MapLength()];
        fixed (byte* bytes = map)
        {
            LibvirtException.Check(
                LibvirtNative.virDomainGetEmulatorPinInfo(_handle, bytes, map.Length, 0),
                nameof(LibvirtNative.virDomainGetEmulatorPinInfo));
        }

        return CpuMap.Decode(map);
    }

    /// <summary>
    /// Room for every processor that Linux can have; libvirt fills in those of the domain's host, which may be another machine.
    /// </summary>
    private static int MapLength() => 8192 / 8;
}
