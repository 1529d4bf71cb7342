using System.Runtime.InteropServices;

namespace VirtualBench.Libvirt.Interop;

/// <summary><c>virError</c> of libvirt/virterror.h, up to the last field that is read.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeError
{
    public int Code;
    public int Domain;
    public byte* Message;
    public int Level;
    public nint DeprecatedConnection;
    public nint DeprecatedDomain;
    public byte* FirstText;
    public byte* SecondText;
    public byte* ThirdText;

    /// <summary>The errno of a system error.</summary>
    public int FirstNumber;
}

/// <summary><c>virTypedParameter</c> of libvirt/libvirt-common.h: a name of 80 bytes, a type, and a union of eight bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeTypedParameter
{
    public const int FieldLength = 80;

    public fixed byte Field[FieldLength];
    public int Type;
    public NativeTypedValue Value;
}

[StructLayout(LayoutKind.Explicit)]
internal unsafe struct NativeTypedValue
{
    [FieldOffset(0)]
    public int Int;

    [FieldOffset(0)]
    public uint UInt;

    [FieldOffset(0)]
    public long Long;

    [FieldOffset(0)]
    public ulong ULong;

    [FieldOffset(0)]
    public double Double;

    [FieldOffset(0)]
    public byte Boolean;

    [FieldOffset(0)]
    public byte* String;
}

/// <summary><c>virDomainInfo</c>: memory in KiB, processor time in ns.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeDomainInfo
{
    public byte State;
    public nuint MaximumMemoryKiB;
    public nuint MemoryKiB;
    public ushort VirtualCpus;
    public ulong CpuTimeNs;
}

/// <summary><c>virDomainMemoryStatStruct</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeMemoryStatistic
{
    public int Tag;
    public ulong Value;
}

/// <summary><c>virDomainInterfaceStatsStruct</c>; -1 where the driver does not know.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeInterfaceStatistics
{
    public long ReceivedBytes;
    public long ReceivedPackets;
    public long ReceiveErrors;
    public long ReceiveDrops;
    public long SentBytes;
    public long SentPackets;
    public long SendErrors;
    public long SendDrops;
}

/// <summary><c>virNodeInfo</c>: memory in KiB, clock in MHz.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeNodeInfo
{
    public const int ModelLength = 32;

    public fixed byte Model[ModelLength];
    public nuint MemoryKiB;
    public uint Cpus;
    public uint MegaHertz;
    public uint Nodes;
    public uint Sockets;
    public uint Cores;
    public uint Threads;
}
