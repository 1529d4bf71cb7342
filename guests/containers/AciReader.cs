using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;

namespace VirtualBench.Guests.Containers;

/// <summary>What an App Container image holds, besides the content of its files.</summary>
/// <param name="Annotations">The manifest's, by name.</param>
/// <param name="Files">Paths of all that is not a directory, e.g. <c>rootfs/run</c>.</param>
/// <param name="Links">Symbolic links: path and target.</param>
public sealed record AciContents(
    string Name, IReadOnlyDictionary<string, string> Annotations, IReadOnlySet<string> Files, IReadOnlyDictionary<string, string> Links);

/// <summary>
/// Reads an image that somebody else made, to its end and without unpacking it, and refuses what should not be handed to rkt, which takes
/// several of these without a word: another architecture, a second manifest, a path or a link that leaves the image.
/// </summary>
public static class AciReader
{
    // Where "ustar" ends in each header since POSIX.1-1988; rkt knows a tar by it, too.
    private const int MagicEnd = 257 + 5;
    private const int ManifestLimitBytes = 1 << 20;

    // Far above any stage 1 there is: what goes beyond is made to keep a reader busy.
    private const long TotalLimitBytes = 4L << 30;
    private static readonly byte[] GzipMagic = [0x1f, 0x8b];
    private static readonly byte[] XzMagic = [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0];

    /// <exception cref="AciException">It is none, is damaged, or is not to be trusted.</exception>
    public static AciContents Read(string path, GuestArchitecture architecture)
    {
        try
        {
            var compressed = IsCompressed(path);
            using var archive = new BoundedReading(Open(path, compressed), TotalLimitBytes);
            var contents = Read(archive, architecture);
            return !compressed || LengthInTrailer(path) == (uint)archive.BytesRead ? contents : throw new EndOfStreamException();
        }
        catch (AciException e)
        {
            throw new AciException($"{path} is not usable: {e.Message}", e);
        }
        catch (EndOfStreamException e)
        {
            throw new AciException($"{path} is not usable: it is truncated", e);
        }
        // What the tar reader throws at a header that is none depends on the field.
        catch (Exception e) when (e is InvalidDataException or FormatException or ArgumentException or OverflowException)
        {
            throw new AciException($"{path} is not usable: it is damaged: {PrintableText.Of(e.Message)}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AciException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static AciContents Read(BoundedReading archive, GuestArchitecture architecture)
    {
        AciManifestText? manifest = null;
        var layout = new AciLayout();
        using var reader = new TarReader(archive, leaveOpen: true);
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.EntryType == TarEntryType.GlobalExtendedAttributes)
            {
                continue;
            }

            if (layout.Add(entry) == AciImage.ManifestName)
            {
                manifest = AciManifestText.Parse(ReadManifest(entry), architecture);
            }
        }

        // A tar ends with zero bytes. Without them it was cut, if only between two files.
        if (archive.AtEnd)
        {
            throw new EndOfStreamException();
        }

        // Behind it is the checksum of what was compressed, which reading to the end verifies.
        archive.CopyTo(Stream.Null);
        return manifest is null ? throw new AciException("it has no manifest")
            : !layout.HasRoot ? throw new AciException("it has no directory rootfs")
            : new AciContents(manifest.Name, manifest.Annotations, layout.Files, layout.Links);
    }

    private static byte[] ReadManifest(TarEntry entry)
    {
        if (entry.DataStream is not { } data || entry.Length > ManifestLimitBytes)
        {
            throw new AciException(entry.Length > ManifestLimitBytes ? "its manifest is larger than 1 MiB" : "its manifest is empty");
        }

        var text = new byte[entry.Length];
        data.ReadExactly(text);
        return text;
    }

    /// <exception cref="AciException">It is no tar, plain or in gzip.</exception>
    private static bool IsCompressed(string path)
    {
        var start = Start(path, compressed: false);
        var compressed = start.AsSpan().StartsWith(GzipMagic);
        start = compressed ? Start(path, compressed: true) : start;
        if (start.Length == 0)
        {
            throw new AciException("it is empty");
        }

        if (start.AsSpan().StartsWith(XzMagic) || start.AsSpan().StartsWith("BZh"u8))
        {
            throw new AciException("it is compressed by xz or bzip2: decompress it, or compress it with gzip");
        }

        return start.AsSpan().EndsWith("ustar"u8) && start.Length == MagicEnd ? compressed
            : throw new AciException(compressed ? "what gzip compressed in it is no tar" : "it is neither a tar nor a gzip of one");
    }

    private static byte[] Start(string path, bool compressed)
    {
        var start = new byte[MagicEnd];
        using var content = Open(path, compressed);
        return start[..content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
    }

    private static Stream Open(string path, bool compressed) =>
        compressed ? new GZipStream(File.OpenRead(path), CompressionMode.Decompress) : File.OpenRead(path);

    /// <summary>
    /// RFC 1952: a gzip file ends with the length of its content, modulo 2^32. GZipStream takes a file that was cut for one that ended.
    /// </summary>
    private static uint LengthInTrailer(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> length = stackalloc byte[sizeof(uint)];
        file.Seek(-length.Length, SeekOrigin.End);
        file.ReadExactly(length);
        return BinaryPrimitives.ReadUInt32LittleEndian(length);
    }
}
