namespace VirtualBench.Libvirt;

/// <summary>
/// <c>virErrorDomain</c> of libvirt/virterror.h, the part of libvirt that an error comes from: those that a user of these bindings
/// meets. Any other arrives as its number.
/// </summary>
public enum ErrorDomain
{
    None = 0,
    Xml = 5,

    /// <summary>Calls on a domain.</summary>
    DomainCall = 6,
    Rpc = 7,
    Configuration = 9,
    Qemu = 10,
    Test = 12,
    Remote = 13,
    Lxc = 17,

    /// <summary>The description of a domain.</summary>
    DomainConfiguration = 20,
    Security = 24,
    Cpu = 31,
    Streams = 38,
    Event = 40,
    Capabilities = 44,
    Uri = 45,
    Authentication = 46,
    Cgroup = 54,
}
