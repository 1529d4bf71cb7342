using System.Security;
using VirtualBench.Targets.Disks;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>A guest's disk as a device: for libvirt, and for QEMU's own command line.</summary>
internal static class MachineDisk
{
    /// <summary>What a machine of libvirt's can be given, for a guest that has the drivers.</summary>
    public const DiskKinds Kinds = DiskKinds.VirtioBlk | DiskKinds.VirtioScsi | DiskKinds.Virtiofs | DiskKinds.NineP;

    /// <summary>What a machine without PCI can be given: libvirt is what starts virtiofsd, and that has no such machine.</summary>
    public const DiskKinds KindsWithoutPci = DiskKinds.VirtioBlk | DiskKinds.VirtioScsi | DiskKinds.NineP;

    /// <summary>By which name a guest mounts a shared directory.</summary>
    public const string Tag = "disk";

    // Where the packages of QEMU 7 and of the virtiofsd that came after have it; neither is in the search path.
    private static readonly string[] Servers = ["/usr/lib/qemu/virtiofsd", "/usr/libexec/virtiofsd"];

    /// <summary>The device, in libvirt's words.</summary>
    /// <param name="address">Where it stands on the bus, as an <c>address</c> element; empty: where libvirt puts it.</param>
    /// <exception cref="TargetException">virtiofsd is not installed.</exception>
    public static string Xml(GuestDisk? disk, string address) => disk switch
    {
        ImageDisk image => $"""
            {(image.IsScsi ? "<controller type='scsi' index='0' model='virtio-scsi'/>" : "")}
            <disk type='file' device='disk'>
              <driver name='qemu' type='{image.Options.Format}' cache='{image.Options.Cache}' io='{image.Options.Aio}'/>
              <source file='{Escape(image.File)}'/>
              <target dev='{(image.IsScsi ? "sda' bus='scsi" : "vdb' bus='virtio")}'/>
              {address}
            </disk>
            """,
        SharedDisk shared => $"""
            <filesystem type='mount' accessmode='{(shared.IsVirtiofs ? "passthrough" : "squash")}'>
              {(shared.IsVirtiofs ? $"<driver type='virtiofs'/><binary path='{Escape(Server())}'/>" : "")}
              <source dir='{Escape(shared.Path)}'/>
              <target dir='{Tag}'/>
              {address}
            </filesystem>
            """,
        _ => "",
    };

    /// <summary>The memory that a disk asks for, in libvirt's words: virtiofsd maps it.</summary>
    public static string MemoryXml(GuestDisk? disk) => disk is SharedDisk { IsVirtiofs: true }
        ? "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>"
        : "";

    /// <summary>The device and what is behind it, for QEMU started directly, on a machine without PCI.</summary>
    public static IReadOnlyList<string> Arguments(GuestDisk? disk) => disk switch
    {
        ImageDisk image =>
        [
            "-drive",
            $"file={Comma(image.File)},if=none,id={Tag},format={image.Options.Format},cache={image.Options.Cache},aio={image.Options.Aio}",
            .. image.IsScsi
                ? (IReadOnlyList<string>)["-device", "virtio-scsi-device", "-device", $"scsi-hd,drive={Tag}"]
                : ["-device", $"virtio-blk-device,drive={Tag}"],
        ],
        SharedDisk { IsVirtiofs: false } shared =>
        [
            "-fsdev", $"local,id={Tag},path={Comma(shared.Path)},security_model=none",
            "-device", $"virtio-9p-device,fsdev={Tag},mount_tag={Tag}",
        ],
        _ => [],
    };

    private static string Server() => Servers.FirstOrDefault(File.Exists)
        ?? throw new TargetException("virtiofsd is not installed: apt-get install qemu-system-common (Debian 12) or virtiofsd");

    // A comma in a value is written twice.
    private static string Comma(string text) => text.Replace(",", ",,", StringComparison.Ordinal);

    private static string? Escape(string text) => SecurityElement.Escape(text);
}
