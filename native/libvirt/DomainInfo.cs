namespace VirtualBench.Libvirt;

/// <summary>A domain at a glance.</summary>
/// <param name="CpuTimeNs">Processor time used so far, ns, guest and emulator together.</param>
public sealed record DomainInfo(DomainState State, long MaximumMemoryBytes, long MemoryBytes, int VirtualCpus, ulong CpuTimeNs);
