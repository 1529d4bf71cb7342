using VirtualBench.Targets;
using VirtualBench.Targets.Disks;

namespace VirtualBench.Disks;

/// <summary>One way to give guests a disk.</summary>
/// <param name="Name">As the user writes it; before the colon when it takes an argument.</param>
/// <param name="Description">One line.</param>
/// <param name="Argument">What may come behind a colon; null when nothing does.</param>
/// <param name="Create">Makes one, given its whole name and its argument.</param>
public sealed record DiskKind(
    string Name, string Description, string? Argument, DiskKinds Offers, Func<string, string?, DiskSession, IDisk> Create)
{
    /// <summary>As the user writes it.</summary>
    public string Usage => Argument is null ? Name : $"{Name}[:{Argument}]";
}

/// <summary>Every disk there is: the one place besides its own file that a new one touches.</summary>
public static class DiskCatalogue
{
    private const string NoNineP = ": Debian's cloud kernel, which virtual machines boot without --kernel, has none";

    // One that suits processes and containers, one for machines.
    private static readonly string[] Defaults = ["directory", "virtio-blk"];

    /// <summary>In the order in which they are shown.</summary>
    public static IReadOnlyList<DiskKind> All { get; } =
    [
        new("directory", "a directory of the host: as it is for a process, bound into a container", null, DiskKinds.Directory,
            (name, _, session) => new HostDirectory(name, DiskKinds.Directory, session, path => new DirectoryDisk(path))),
        new("overlay", "a container's own writable root, laid over its image", null, DiskKinds.Overlay,
            (name, _, session) => new HostDirectory(name, DiskKinds.Overlay, session, path => new OverlayDisk(path))),
        new("volume", "a volume that the container engine makes in its own store", null, DiskKinds.Volume, (_, _, _) => new EngineVolume()),
        Image("virtio-blk", "a file of the host as a virtio block device", DiskKinds.VirtioBlk),
        Image("virtio-scsi", "a file of the host as a disk on a virtio SCSI controller", DiskKinds.VirtioScsi),
        new("virtiofs", "a directory of the host, shared by virtiofsd", null, DiskKinds.Virtiofs,
            (name, _, session) => new VirtiofsShare(name, session)),
        new("9p", "a directory of the host, shared by QEMU's 9p server; for a guest kernel of yours (--kernel) that has 9p built in", null,
            DiskKinds.NineP, (name, _, session) => new HostDirectory(name, DiskKinds.NineP, session, path => new NinePDisk(path))),
    ];

    /// <summary>
    /// Puts a list back together that was split at its commas: <c>cache=none</c> belongs to the disk before it, for no disk's name has an
    /// equals sign before its colon.
    /// </summary>
    public static IReadOnlyList<string> Join(IReadOnlyList<string> pieces)
    {
        var names = new List<string>();
        foreach (var piece in pieces)
        {
            if (names.Count > 0 && piece.Contains('=', StringComparison.Ordinal) && !piece.Contains(':', StringComparison.Ordinal))
            {
                names[^1] += "," + piece;
            }
            else
            {
                names.Add(piece);
            }
        }

        return [.. names.Distinct()];
    }

    /// <summary>What a target is crossed with when the user names no disk.</summary>
    /// <param name="disks">What the target can give its guests.</param>
    public static IReadOnlyList<string> DefaultFor(TargetName target, DiskKinds disks) =>
        [Defaults.FirstOrDefault(name => WhyImpossible(name, target, disks) is null) ?? Defaults[0]];

    /// <summary>Why a name is none; null when it is.</summary>
    public static string? WhyUnknown(string name)
    {
        if (Find(name, out var argument) is not { } kind)
        {
            return $"unknown disk '{name}'; there are {string.Join(", ", All.Select(k => k.Usage))}";
        }

        if (kind.Argument is null)
        {
            return argument is null ? null : $"'{name}' is no disk: write {kind.Usage}";
        }

        _ = ImageArgument.Read(argument, out var why);
        return why is null ? null : $"disk {kind.Name}: {why}";
    }

    /// <summary>Why a guest of a target cannot be given a disk whatever is installed; null when it can.</summary>
    /// <param name="disks">What the target can give its guests.</param>
    public static string? WhyImpossible(string name, TargetName target, DiskKinds disks) =>
        Find(name, out _) is not { } kind ? WhyUnknown(name)
        : (kind.Offers & disks) != DiskKinds.None ? null
        : disks == DiskKinds.None ? $"{target} cannot be given a disk"
        : $"{target} takes {Words(disks)}, and not {kind.Name}"
            + (kind.Offers == DiskKinds.NineP && disks.HasFlag(DiskKinds.VirtioBlk) ? NoNineP : "");

    /// <exception cref="TargetException">There is no such disk.</exception>
    public static IDisk Create(string name, DiskSession session) =>
        WhyUnknown(name) is { } reason ? throw new TargetException(reason)
        : Find(name, out var argument)!.Create(name, argument, session);

    private static DiskKind Image(string kindName, string description, DiskKinds kind) => new(
        kindName, description, ImageArgument.Usage, kind,
        (name, argument, session) => new HostImage(
            name, kind, ImageArgument.Read(argument, out var why) ?? throw new TargetException(why!), session));

    private static DiskKind? Find(string name, out string? argument)
    {
        (var kind, argument) = BackEnds.Split(name);
        return All.FirstOrDefault(k => k.Name == kind);
    }

    private static string Words(DiskKinds disks) => string.Join(" or ", All.Where(k => disks.HasFlag(k.Offers)).Select(k => k.Name));
}
