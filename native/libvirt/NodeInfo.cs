namespace VirtualBench.Libvirt;

/// <summary>The host of a connection.</summary>
/// <param name="Model">E.g. <c>x86_64</c>.</param>
/// <param name="MegaHertz">0 when unknown.</param>
/// <param name="NumaNodes">Cells of memory; 1 also for an odd topology.</param>
/// <param name="Sockets">Per NUMA node.</param>
/// <param name="Cores">Per socket.</param>
/// <param name="Threads">Per core.</param>
public sealed record NodeInfo(
    string Model, long MemoryBytes, int Cpus, int MegaHertz, int NumaNodes, int Sockets, int Cores, int Threads);
