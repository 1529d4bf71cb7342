namespace VirtualBench.Libvirt;

/// <summary><c>virDomainEventType</c>.</summary>
public enum LifecycleChange
{
    Defined = 0,
    Undefined = 1,
    Started = 2,
    Suspended = 3,
    Resumed = 4,

    /// <summary>It is gone: powered off, destroyed, crashed; the detail says which.</summary>
    Stopped = 5,

    /// <summary>The guest began to shut down.</summary>
    Shutdown = 6,
    PowerSuspended = 7,
    Crashed = 8,
}

/// <summary>A change in the life of a domain.</summary>
/// <param name="Detail">
/// The member of the change's own enumeration in libvirt/libvirt-domain.h, e.g. for Stopped: 0 shut down, 1 destroyed.
/// </param>
public sealed record LifecycleEvent(string DomainName, Guid DomainUuid, LifecycleChange Change, int Detail);
