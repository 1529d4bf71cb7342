using System.Text;

namespace VirtualBench.Guests.Osv;

/// <summary>
/// An image of OSv's read-only file system, version 1, as OSv's <c>fs/rofs</c> reads it. All numbers are little endian, blocks have 512
/// bytes. Block 0: magic, version, block size, first block and number of blocks of the tables, then how many directory entries, symbolic
/// links and inodes there are, each in 8 bytes. From block 1 on the files, each from the start of a block. Then the tables, without gaps:
/// <list type="bullet">
/// <item>directory entries: inode number (8 bytes, from 1), length of the name (2), the name;</item>
/// <item>symbolic links: length of the target (2), the target;</item>
/// <item>inodes: mode (8), own number (8), place (8), size (8). Place and size are the first block and the bytes of a file, the first
/// entry and the entries of a directory, the index and 1 of a link. The first inode is the root.</item>
/// </list>
/// There are no owners, times or permission bits. The same content gives the same bytes, in whatever order it was added.
/// </summary>
/// <remarks>A refused name throws <see cref="ArgumentException"/>, and the image is as it was.</remarks>
public sealed class RofsImage
{
    /// <summary>Unit of the disk that the image is read from, in bytes.</summary>
    public const int BlockBytes = 512;

    private const ulong Magic = 0xDEADBEAD, Version = 1, DirectoryMode = 0x4000, RegularMode = 0x8000, LinkMode = 0xA000;
    private readonly Folder _root = new();

    /// <summary>A directory; the one that it is in must be there already.</summary>
    /// <param name="path">Relative to the root, without a leading or trailing slash, e.g. <c>etc/ssl</c>.</param>
    public void AddDirectory(string path) => Add(path, new Folder());

    /// <summary>A regular file with these bytes; they are read when the image is written.</summary>
    public void AddFile(string path, ReadOnlyMemory<byte> content) => Add(path, new Contents(content));

    /// <summary>A symbolic link to any target.</summary>
    public void AddSymbolicLink(string path, string target)
    {
        if (target.Length == 0 || target.Contains('\0') || Encoding.UTF8.GetByteCount(target) > GuestPath.MaxPath)
        {
            throw new ArgumentException(
                $"the target of link {GuestPath.Show(path)} is empty, too long or holds a zero byte", nameof(target));
        }

        Add(path, new Link(Encoding.UTF8.GetBytes(target)));
    }

    /// <summary>Writes the image, forwards only, and leaves the stream open.</summary>
    public void Write(Stream output)
    {
        // Breadth first: so the entries of each directory stand together.
        List<Node> nodes = [_root];
        List<(string Name, int Inode)> entries = [];
        for (var i = 0; i < nodes.Count; i++)
        {
            foreach (var (name, child) in (nodes[i] as Folder)?.Children ?? [])
            {
                nodes.Add(child);
                entries.Add((name, nodes.Count));
            }
        }

        var files = nodes.OfType<Contents>().ToList();
        var links = nodes.OfType<Link>().ToList();
        var firstTableBlock = 1 + files.Sum(file => Blocks(file.Bytes.Length));
        var tables = Tables(nodes, entries, links);

        WriteBlocks(output, SuperBlock(
            [Magic, Version, BlockBytes, (ulong)firstTableBlock, (ulong)Blocks(tables.Length), (ulong)entries.Count, (ulong)links.Count,
                (ulong)nodes.Count]));
        foreach (var file in files)
        {
            WriteBlocks(output, file.Bytes.Span);
        }

        WriteBlocks(output, tables);
    }

    private static byte[] SuperBlock(ReadOnlySpan<ulong> fields)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        foreach (var field in fields)
        {
            writer.Write(field);
        }

        return bytes.ToArray();
    }

    private static byte[] Tables(List<Node> nodes, List<(string Name, int Inode)> entries, List<Link> links)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        foreach (var (name, inode) in entries)
        {
            writer.Write((ulong)inode);
            writer.Write((ushort)name.Length);
            writer.Write(Encoding.ASCII.GetBytes(name));
        }

        foreach (var link in links)
        {
            writer.Write((ushort)link.Target.Length);
            writer.Write(link.Target);
        }

        ulong block = 1, entry = 0, target = 0;
        for (var i = 0; i < nodes.Count; i++)
        {
            var (mode, place, size) = nodes[i] switch
            {
                Folder folder => (DirectoryMode, entry, (ulong)folder.Children.Count),
                Contents file => (RegularMode, block, (ulong)file.Bytes.Length),
                _ => (LinkMode, target, 1UL),
            };
            entry += nodes[i] is Folder ? size : 0;
            block += nodes[i] is Contents ? (ulong)Blocks((long)size) : 0;
            target += nodes[i] is Link ? size : 0;
            foreach (var field in (ReadOnlySpan<ulong>)[mode, (ulong)i + 1, place, size])
            {
                writer.Write(field);
            }
        }

        return bytes.ToArray();
    }

    private static void WriteBlocks(Stream output, ReadOnlySpan<byte> bytes)
    {
        Span<byte> zeros = stackalloc byte[BlockBytes];
        zeros.Clear();
        output.Write(bytes);
        output.Write(zeros[..(int)((Blocks(bytes.Length) * BlockBytes) - bytes.Length)]);
    }

    private static long Blocks(long bytes) => (bytes + BlockBytes - 1) / BlockBytes;

    private void Add(string path, Node node)
    {
        if (GuestPath.WhyNot(path) is { } reason)
        {
            throw new ArgumentException($"{GuestPath.Show(path)} cannot be a name in a file system image: {reason}", nameof(path));
        }

        var components = path.Split('/');
        var folder = _root;
        foreach (var component in components[..^1])
        {
            folder = folder.Children.GetValueOrDefault(component) as Folder
                ?? throw new ArgumentException($"{path} comes before the directory that it is in", nameof(path));
        }

        if (!folder.Children.TryAdd(components[^1], node))
        {
            throw new ArgumentException($"{path} is in this image already", nameof(path));
        }
    }

    private abstract record Node;

    private sealed record Folder : Node
    {
        public SortedDictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);
    }

    private sealed record Contents(ReadOnlyMemory<byte> Bytes) : Node;

    private sealed record Link(byte[] Target) : Node;
}
