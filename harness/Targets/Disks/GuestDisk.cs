namespace VirtualBench.Targets.Disks;

/// <summary>How a guest can be given a disk.</summary>
[Flags]
public enum DiskKinds
{
    None = 0,

    /// <summary>A directory of the host: as it is for a process, bound into a container.</summary>
    Directory = 1 << 0,

    /// <summary>The writable root that an engine lays over a container's image.</summary>
    Overlay = 1 << 1,

    /// <summary>A volume that a container engine makes and keeps where it likes.</summary>
    Volume = 1 << 2,

    /// <summary>A file of the host behind a virtio-blk device.</summary>
    VirtioBlk = 1 << 3,

    /// <summary>A file of the host behind a virtio-scsi device.</summary>
    VirtioScsi = 1 << 4,

    /// <summary>A directory of the host, shared by virtiofsd.</summary>
    Virtiofs = 1 << 5,

    /// <summary>A directory of the host, shared by QEMU's 9p server.</summary>
    NineP = 1 << 6,
}

/// <summary>A guest's disk: what an engine has to give it.</summary>
public abstract record GuestDisk
{
    /// <summary>Where what is mounted for a guest is mounted in it.</summary>
    public const string MountPoint = "/disk";
}

/// <param name="Path">A directory of the host that only this trial uses; everybody may write there.</param>
public sealed record DirectoryDisk(string Path) : GuestDisk;

/// <param name="Path">An empty directory of the host, for what an engine without a store of its own lays over a root.</param>
public sealed record OverlayDisk(string Path) : GuestDisk;

/// <summary>A new volume, which goes with the container.</summary>
public sealed record VolumeDisk : GuestDisk;

/// <param name="File">A file of the host; QEMU's account may read and write it.</param>
/// <param name="IsScsi">virtio-scsi instead of virtio-blk.</param>
public sealed record ImageDisk(string File, ImageOptions Options, bool IsScsi) : GuestDisk;

/// <param name="Path">A directory of the host that only this trial uses; everybody may write there.</param>
/// <param name="Server">The program that serves it, started as libvirt starts virtiofsd.</param>
public sealed record VirtiofsDisk(string Path, string Server) : GuestDisk;

/// <param name="Path">A directory of the host that only this trial uses; everybody may write there.</param>
public sealed record NinePDisk(string Path) : GuestDisk;

/// <summary>How QEMU uses an image, in QEMU's own words.</summary>
/// <param name="Format"><c>raw</c> or <c>qcow2</c>.</param>
/// <param name="Cache"><c>none</c> (direct I/O on the host) or <c>writeback</c> (through the host's page cache).</param>
/// <param name="Aio"><c>native</c> (libaio), <c>io_uring</c> or <c>threads</c>.</param>
public sealed record ImageOptions(string Format, string Cache, string Aio);
