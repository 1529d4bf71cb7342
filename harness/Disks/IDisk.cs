using VirtualBench.Targets;
using VirtualBench.Targets.Disks;

namespace VirtualBench.Disks;

/// <summary>A place for a trial's disk. Disposing it takes away what the trial wrote.</summary>
public sealed class DiskPort(GuestDisk disk, Action? release = null) : IDisposable
{
    public GuestDisk Disk => disk;

    public void Dispose() => release?.Invoke();
}

/// <summary>A way to give guests a disk.</summary>
public interface IDisk : IBackEnd
{
    /// <summary>The kind of disk that it gives.</summary>
    DiskKinds Offers { get; }

    /// <summary>Makes it ready for one guest: nothing of it is in the host's page cache.</summary>
    /// <param name="label">The trial's.</param>
    DiskPort Plug(string label);
}
