using System.Buffers.Binary;
using System.IO.Compression;

namespace VirtualBench.Guests.Linux;

/// <summary>
/// Takes the ELF image out of a bzImage (Documentation/x86/boot.rst). QEMU boots it through its PVH note without the kernel's own
/// decompressor, which otherwise runs inside the boot window: 0.3 s of 2.2 s under emulation.
/// It is the decompressor, too, that randomises the kernel's address and turns on five-level paging: neither happens on this way.
/// </summary>
internal static class X64KernelImage
{
    private const int SetupSectors = 0x1F1, PayloadOffset = 0x248, PayloadLength = 0x24C, HeaderEnd = 0x260;

    /// <summary>More than any kernel unpacks to; a damaged length must not become an allocation.</summary>
    private const int MaxUnpacked = 512 * 1024 * 1024;

    public static bool IsBzImage(ReadOnlySpan<byte> image) => image.Length > HeaderEnd && image[0x202..0x206].SequenceEqual("HdrS"u8);

    /// <summary>An ELF image (64 bits, little endian, machine x86-64) that QEMU can enter.</summary>
    public static bool IsBootableElf(ReadOnlySpan<byte> image) =>
        image.Length > 64
        && image[..6].SequenceEqual("\u007FELF\u0002\u0001"u8)
        && BinaryPrimitives.ReadUInt16LittleEndian(image[18..]) == 62
        && HasPvhEntry(image);

    /// <summary>The ELF image in a bzImage; null when it is compressed in an unknown way, or does not boot by itself.</summary>
    public static byte[]? TryUnpack(ReadOnlySpan<byte> bzImage)
    {
        if (!IsBzImage(bzImage))
        {
            return null;
        }

        var sectors = bzImage[SetupSectors] == 0 ? 4 : bzImage[SetupSectors];
        var start = ((sectors + 1) * 512L) + BinaryPrimitives.ReadUInt32LittleEndian(bzImage[PayloadOffset..]);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(bzImage[PayloadLength..]);
        if (length < 16 || start + length > bzImage.Length)
        {
            return null;
        }

        // The build appends the unpacked length to what the compressor wrote (gzip's own trailer ends with it anyway).
        var payload = bzImage.Slice((int)start, (int)length);
        var unpackedLength = BinaryPrimitives.ReadUInt32LittleEndian(payload[^4..]);
        if (unpackedLength is 0 or > MaxUnpacked)
        {
            return null;
        }

        var unpacked = new byte[unpackedLength];
        try
        {
            var done = Lz4LegacyFrame.IsOne(payload) ? Lz4LegacyFrame.Decode(payload[..^4], unpacked)
                : payload[..2].SequenceEqual<byte>([0x1F, 0x8B]) ? Gunzip(payload, unpacked)
                : 0;
            return done == unpacked.Length && IsBootableElf(unpacked) ? unpacked : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static int Gunzip(ReadOnlySpan<byte> packed, Span<byte> unpacked)
    {
        using var stream = new GZipStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        return stream.ReadAtLeast(unpacked, unpacked.Length, throwOnEndOfStream: false);
    }

    /// <summary>Whether there is an ELF note "Xen" of type 18, XEN_ELFNOTE_PHYS32_ENTRY, by which QEMU enters an ELF kernel.</summary>
    private static bool HasPvhEntry(ReadOnlySpan<byte> elf)
    {
        ReadOnlySpan<byte> note = [4, 0, 0, 0, 8, 0, 0, 0, 18, 0, 0, 0, (byte)'X', (byte)'e', (byte)'n', 0];
        return elf.IndexOf(note) >= 0;
    }
}
