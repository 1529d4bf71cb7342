namespace VirtualBench.Libvirt;

/// <summary><c>virDomainCreateFlags</c>.</summary>
[Flags]
public enum StartOptions : uint
{
    None = 0,

    /// <summary>The guest waits for <see cref="Domain.Resume"/>, so that its console can be opened before it prints.</summary>
    Paused = 1,

    /// <summary>The domain is destroyed when the connection closes.</summary>
    AutoDestroy = 2,

    /// <summary>The XML must pass libvirt's schema.</summary>
    Validate = 16,
}
