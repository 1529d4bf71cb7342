using System.Globalization;
using System.Text;

namespace VirtualBench.Guests.Linux;

/// <summary>
/// Writes one segment of an initramfs: a cpio archive in the "newc" format (Linux, Documentation/driver-api/early-userspace/
/// buffer-format.rst), uncompressed because a guest unpacks it inside the boot window. Segments may be concatenated: the kernel unpacks
/// one after the other, so a large segment is written once and a small one with a trial's arguments is put behind it. The same calls give
/// the same bytes: owner 0, time 0, inode numbers in order of writing.
/// </summary>
/// <remarks>
/// The output is only ever written forwards and stays open. Nothing counts until <see cref="Finish"/>. A refused name or size throws
/// <see cref="ArgumentException"/> before a byte of the entry is written.
/// </remarks>
public sealed class InitramfsWriter(Stream output)
{
    private const int Alignment = 4;
    private const int SegmentAlignment = 512;
    private const uint DirectoryType = 0x4000, RegularType = 0x8000, LinkType = 0xA000, CharacterDeviceType = 0x2000;
    private const string Trailer = "TRAILER!!!";

    private readonly HashSet<string> directories = new(StringComparer.Ordinal) { "" };
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private long position;
    private uint inode;
    private bool finished;

    /// <summary>A directory; its parent must be in this segment already (the kernel would leave out what it contains, silently).</summary>
    /// <param name="path">Relative to the root, without a leading or trailing slash, e.g. <c>dev/shm</c>.</param>
    /// <param name="mode">Permission bits.</param>
    public void AddDirectory(string path, UnixFileMode mode)
    {
        WriteHeader(CheckName(path), DirectoryType | (uint)mode, 2, 0);
        directories.Add(path);
    }

    /// <summary>A regular file with these bytes.</summary>
    public void AddFile(string path, UnixFileMode mode, ReadOnlySpan<byte> content)
    {
        WriteHeader(CheckName(path), RegularType | (uint)mode, 1, content.Length);
        Write(content);
        Pad(Alignment);
    }

    /// <summary>A regular file with what a stream holds from its position to its end; the stream must know its length.</summary>
    public void AddFile(string path, UnixFileMode mode, Stream content)
    {
        var length = content.Length - content.Position;
        WriteHeader(CheckName(path), RegularType | (uint)mode, 1, length);
        var buffer = new byte[128 * 1024];
        for (var left = length; left > 0;)
        {
            var got = content.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (got == 0)
            {
                throw new EndOfStreamException($"{path}: the file became shorter while it was being written into the initramfs");
            }

            Write(buffer.AsSpan(0, got));
            left -= got;
        }

        Pad(Alignment);
    }

    /// <summary>A symbolic link to any target.</summary>
    public void AddSymbolicLink(string path, string target)
    {
        if (target.Length == 0 || target.Contains('\0') || Encoding.UTF8.GetByteCount(target) > GuestPath.MaxPath)
        {
            throw new ArgumentException(
                $"the target of link {GuestPath.Show(path)} is empty, too long or holds a zero byte", nameof(target));
        }

        var bytes = Encoding.UTF8.GetBytes(target);
        WriteHeader(CheckName(path), LinkType | 0x1FF, 1, bytes.Length);
        Write(bytes);
        Pad(Alignment);
    }

    /// <summary>A character device, e.g. <c>dev/console</c>, 5, 1.</summary>
    public void AddCharacterDevice(string path, UnixFileMode mode, uint major, uint minor) =>
        WriteHeader(CheckName(path), CharacterDeviceType | (uint)mode, 1, 0, major, minor);

    /// <summary>Ends the segment and pads it, so that another one, or nothing, may follow.</summary>
    public void Finish()
    {
        WriteHeader(Trailer, 0, 1, 0);
        Pad(SegmentAlignment);
        finished = true;
    }

    private string CheckName(string path)
    {
        ObjectDisposedException.ThrowIf(finished, this);
        if ((path == Trailer ? "it ends the archive" : GuestPath.WhyNot(path)) is { } reason)
        {
            throw new ArgumentException($"{GuestPath.Show(path)} cannot be a name in an initramfs: {reason}", nameof(path));
        }

        if (!directories.Contains(path[..Math.Max(path.LastIndexOf('/'), 0)]))
        {
            throw new ArgumentException($"{path} comes before the directory that it is in", nameof(path));
        }

        if (!names.Add(path))
        {
            throw new ArgumentException($"{path} is in this initramfs segment already", nameof(path));
        }

        return path;
    }

    private void WriteHeader(string name, uint mode, uint links, long size, uint major = 0, uint minor = 0)
    {
        ObjectDisposedException.ThrowIf(finished, this);
        if (size > uint.MaxValue)
        {
            throw new ArgumentException($"{name} is larger than the 4 GiB that the archive format can hold", nameof(size));
        }

        // Magic, then 13 fields: inode, mode, uid, gid, links, mtime, size, device that the file is on (2), device that it is (2), the
        // name's size, checksum.
        ReadOnlySpan<uint> fields =
            [++inode, mode, 0, 0, links, 0, (uint)size, 0, 0, major, minor, (uint)name.Length + 1, 0];
        var header = new StringBuilder("070701", 6 + (fields.Length * 8) + name.Length + 1);
        foreach (var field in fields)
        {
            header.Append(CultureInfo.InvariantCulture, $"{field:X8}");
        }

        header.Append(name).Append('\0');
        Write(Encoding.ASCII.GetBytes(header.ToString()));
        Pad(Alignment);
    }

    private void Pad(int alignment)
    {
        Span<byte> zeros = stackalloc byte[SegmentAlignment];
        zeros.Clear();
        Write(zeros[..(int)(-position & (alignment - 1))]);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        position += bytes.Length;
    }
}
