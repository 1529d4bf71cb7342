namespace VirtualBench.Libvirt;

/// <summary>Counters of a guest's network interface since it was started; -1 where the driver does not know.</summary>
public sealed record InterfaceStatistics(
    long ReceivedBytes, long ReceivedPackets, long ReceiveErrors, long ReceiveDrops,
    long SentBytes, long SentPackets, long SendErrors, long SendDrops);
