namespace VirtualBench.Libvirt;

/// <summary>Where a domain stands and how it came there.</summary>
<<<<<<< HEAD
/// <param name="Reason">The member of the state's own enumeration in libvirt/libvirt-domain.h, e.g. for Off: 1 it shut down, 2
/// destroyed.</param>
=======
/// <param name="Reason">
/// The member of the state's own enumeration in libvirt/libvirt-domain.h, e.g. for Off: 1 it shut down, 2 destroyed.
/// </param>
>>>>>>> ba97feb75006d257623bd566cf191c796dc77c1e
public sealed record DomainStatus(DomainState State, int Reason);
