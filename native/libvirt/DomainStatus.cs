namespace VirtualBench.Libvirt;

/// <summary>Where a domain stands and how it came there.</summary>
/// <param name="Reason">
/// The member of the state's own enumeration in libvirt/libvirt-domain.h, e.g. for Off: 1 it shut down, 2 destroyed.
/// </param>
public sealed record DomainStatus(DomainState State, int Reason);
