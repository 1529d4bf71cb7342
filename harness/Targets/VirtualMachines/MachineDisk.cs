using System.Security;
using VirtualBench.Targets.Disks;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>A guest's disk as a device: for libvirt, and for QEMU's own command line.</summary>
internal static class MachineDisk
{
    /// <summary>What a machine can be given.</summary>
    /// <param name="isLibvirts">libvirt starts it, and virtiofsd with it.</param>
    /// <param name="hasOwnKernel">The user brings its kernel: Debian's cloud kernel has no 9p.</param>
    public static DiskKinds Kinds(bool isLibvirts, bool hasOwnKernel) =>
        DiskKinds.VirtioBlk | DiskKinds.VirtioScsi
            | (isLibvirts ? DiskKinds.Virtiofs : DiskKinds.None) | (hasOwnKernel ? DiskKinds.NineP : DiskKinds.None);

    /// <summary>By which name a guest mounts a shared directory.</summary>
    public const string Tag = "disk";

    /// <summary>The device, in libvirt's words.</summary>
    /// <param name="address">Where it stands on the bus, as an <c>address</c> element; empty: where libvirt puts it.</param>
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
        VirtiofsDisk shared => Filesystem(
            "passthrough", $"<driver type='virtiofs'/><binary path='{Escape(shared.Server)}'/>", shared.Path, address),
        NinePDisk shared => Filesystem("squash", "", shared.Path, address),
        _ => "",
    };

    /// <summary>The memory that a disk asks for, in libvirt's words: virtiofsd maps it.</summary>
    public static string MemoryXml(GuestDisk? disk) => disk is VirtiofsDisk
        ? "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>"
        : "";

    /// <summary>The device and what is behind it, for QEMU started directly, on a machine without PCI.</summary>
    public static IReadOnlyList<string> Arguments(GuestDisk? disk) => disk switch
    {
        ImageDisk image =>
        [
            "-drive",
            $"file={QemuText.Value(image.File)},if=none,id={Tag},format={image.Options.Format},cache={image.Options.Cache},aio={image.Options.Aio}",
            .. image.IsScsi
                ? (IReadOnlyList<string>)["-device", "virtio-scsi-device", "-device", $"scsi-hd,drive={Tag}"]
                : ["-device", $"virtio-blk-device,drive={Tag}"],
        ],
        NinePDisk shared =>
        [
            "-fsdev", $"local,id={Tag},path={QemuText.Value(shared.Path)},security_model=none",
            "-device", $"virtio-9p-device,fsdev={Tag},mount_tag={Tag}",
        ],
        _ => [],
    };

    private static string Filesystem(string access, string driver, string path, string address) =>
        $"<filesystem type='mount' accessmode='{access}'>{driver}<source dir='{Escape(path)}'/><target dir='{Tag}'/>{address}</filesystem>";

    private static string? Escape(string text) => SecurityElement.Escape(text);
}
