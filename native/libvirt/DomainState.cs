namespace VirtualBench.Libvirt;

/// <summary><c>virDomainState</c>.</summary>
public enum DomainState
{
    None = 0,
    Running = 1,
    Blocked = 2,
    Paused = 3,

    /// <summary>The guest is shutting itself down.</summary>
    ShuttingDown = 4,
    Off = 5,
    Crashed = 6,
    Suspended = 7,
}
