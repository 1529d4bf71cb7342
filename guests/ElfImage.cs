using System.Buffers.Binary;

namespace VirtualBench.Guests;

/// <summary>
/// The outline of an ELF image of 64 bits, little endian (System V ABI, chapter 4), as far as it tells whether all of it is there.
/// </summary>
internal static class ElfImage
{
    private const int HeaderBytes = 64;
    private const int Machine = 18, ProgramHeaders = 32, SectionHeaders = 40, ProgramHeaderBytes = 54, SectionHeaderBytes = 58;
    private const int FileOffset = 8, FileSize = 32;
    private const ushort X64Machine = 62, Arm64Machine = 183;

    public static bool IsOne(ReadOnlySpan<byte> image) =>
        image.Length >= HeaderBytes && image[..6].SequenceEqual("\u007FELF\u0002\u0001"u8);

    /// <summary>What it is built for; null: something else.</summary>
    public static GuestArchitecture? Architecture(ReadOnlySpan<byte> elf) => Short(elf, Machine) switch
    {
        X64Machine => GuestArchitecture.X64,
        Arm64Machine => GuestArchitecture.Arm64,
        _ => null,
    };

    /// <summary>Whether both tables of headers and all segments are in it.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> elf)
    {
        var segments = Long(elf, ProgramHeaders);
        var (segmentBytes, count) = (Short(elf, ProgramHeaderBytes), Short(elf, ProgramHeaderBytes + 2));
        var sectionTableBytes = (ulong)Short(elf, SectionHeaderBytes) * Short(elf, SectionHeaderBytes + 2);
        if (segmentBytes < FileSize + 8 || !Holds(elf, segments, (ulong)count * segmentBytes)
            || !Holds(elf, Long(elf, SectionHeaders), sectionTableBytes))
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            var segment = elf[((int)segments + (i * segmentBytes))..];
            if (!Holds(elf, Long(segment, FileOffset), Long(segment, FileSize)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Holds(ReadOnlySpan<byte> elf, ulong start, ulong length) =>
        start <= (ulong)elf.Length && length <= (ulong)elf.Length - start;

    private static ushort Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static ulong Long(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
