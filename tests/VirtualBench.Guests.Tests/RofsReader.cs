using System.Buffers.Binary;
using System.Text;

namespace VirtualBench.Guests.Tests;

/// <summary>What stands at a path: null content and target for a directory.</summary>
internal sealed record RofsEntry(string Path, byte[]? Content, string? Target);

/// <summary>Reads a rofs image as OSv mounts it, and asserts on the way what OSv only believes.</summary>
internal sealed class RofsReader
{
    private const int BlockBytes = 512;
    private readonly byte[] _image;
    private readonly List<(string Name, int Inode)> _entries = [];
    private readonly List<string> _links = [];
    private readonly List<(ulong Mode, ulong Place, ulong Size)> _inodes = [];
    private readonly ulong _firstTableBlock;
    private readonly HashSet<int> _seen = [];

    private RofsReader(byte[] image)
    {
        _image = image;
        Assert.Equal(0, image.Length % BlockBytes);
        var super = Enumerable.Range(0, 8).Select(i => Number(image, i * 8)).ToArray();
        Assert.Equal([0xDEADBEAD, 1, BlockBytes], super[..3]);
        Assert.All(image[64..BlockBytes], b => Assert.Equal(0, b)); // no partition table either
        (_firstTableBlock, var blocks) = (super[3], super[4]);
        Assert.Equal((ulong)image.Length, (_firstTableBlock + blocks) * BlockBytes);

        var tables = image.AsSpan((int)_firstTableBlock * BlockBytes);
        for (ulong i = 0; i < super[5]; i++)
        {
            var inode = (int)Number(tables, 0);
            _entries.Add((Text(ref tables, 8), inode));
        }

        for (ulong i = 0; i < super[6]; i++)
        {
            _links.Add(Text(ref tables, 0));
        }

        for (ulong i = 0; i < super[7]; i++)
        {
            Assert.Equal(i + 1, Number(tables, 8));
            _inodes.Add((Number(tables, 0), Number(tables, 16), Number(tables, 24)));
            tables = tables[32..];
        }

        Assert.InRange(tables.Length, 0, BlockBytes - 1);
    }

    /// <summary>Everything in it but the root; names of a directory in the order of the image.</summary>
    public static List<RofsEntry> Read(byte[] image)
    {
        var reader = new RofsReader(image);
        var found = new List<RofsEntry>();
        reader.Walk(1, "", found);
        Assert.Equal(reader._inodes.Count, reader._seen.Count);
        Assert.Equal(reader._inodes.Count, reader._entries.Count + 1);
        return found;
    }

    private void Walk(int inode, string path, List<RofsEntry> found)
    {
        Assert.True(_seen.Add(inode), $"inode {inode} stands in two places");
        var (mode, place, size) = _inodes[inode - 1];
        switch (mode)
        {
            case 0x4000:
                if (path.Length > 0)
                {
                    found.Add(new RofsEntry(path, null, null));
                }

                foreach (var (name, child) in _entries.GetRange((int)place, (int)size))
                {
                    Walk(child, path.Length > 0 ? path + "/" + name : name, found);
                }

                break;
            case 0x8000:
                var end = (place * BlockBytes) + size;
                Assert.InRange(place, 1UL, _firstTableBlock);
                Assert.InRange(end, 0UL, _firstTableBlock * BlockBytes);
                found.Add(new RofsEntry(path, _image[(int)(place * BlockBytes)..(int)end], null));
                break;
            default:
                Assert.Equal((0xA000UL, 1UL), (mode, size));
                found.Add(new RofsEntry(path, null, _links[(int)place]));
                break;
        }
    }

    private static ulong Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    /// <summary>A text behind its length, which stands at an offset; moves on behind it.</summary>
    private static string Text(ref Span<byte> bytes, int at)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
        var text = Encoding.UTF8.GetString(bytes.Slice(at + 2, length));
        bytes = bytes[(at + 2 + length)..];
        return text;
    }
}
