using System.Buffers.Binary;
using System.Text;

namespace VirtualBench.Guests.Tests;

/// <summary>
/// The functions in the archive of engine and probes that no linker has to touch: their bytes are the same in whatever they are linked
/// into. Reads the ar container and ELF64 relocatable objects, as the System V ABI describes them.
/// </summary>
internal static class ArchiveFunctions
{
    private const int MemberHeader = 60;
    private const uint SymbolTable = 2;
    private const uint RelocationsWithAddends = 4;
    private const int Function = 2;

    /// <summary>Name and code of every function of at least <paramref name="leastBytes"/> without a relocation in it.</summary>
    public static IReadOnlyList<(string Name, byte[] Code)> Read(string archive, int leastBytes)
    {
        var bytes = File.ReadAllBytes(archive);
        Assert.Equal("!<arch>\n", Encoding.ASCII.GetString(bytes, 0, 8));
        List<(string, byte[])> found = [];
        for (var at = 8; at + MemberHeader <= bytes.Length;)
        {
            var size = int.Parse(Encoding.ASCII.GetString(bytes, at + 48, 10), System.Globalization.CultureInfo.InvariantCulture);
            var member = bytes.AsSpan(at + MemberHeader, size);
            if (member.StartsWith("\x7f"u8) && member[1..].StartsWith("ELF"u8))
            {
                found.AddRange(ReadObject(member.ToArray(), leastBytes));
            }

            at += MemberHeader + size + (size & 1);
        }

        return found;
    }

    private static IEnumerable<(string, byte[])> ReadObject(byte[] elf, int leastBytes)
    {
        var sections = Enumerable.Range(0, U16(elf, 0x3c)).Select(i => (int)U64(elf, 0x28) + (i * U16(elf, 0x3a)))
            .Select(h => (
                Type: U32(elf, h + 4), Offset: (int)U64(elf, h + 0x18), Size: (int)U64(elf, h + 0x20), Link: (int)U32(elf, h + 0x28),
                Info: (int)U32(elf, h + 0x2c)))
            .ToList();
        var relocated = sections.Where(s => s.Type == RelocationsWithAddends)
            .SelectMany(s => Enumerable.Range(0, s.Size / 24).Select(i => (Section: s.Info, At: (int)U64(elf, s.Offset + (i * 24)))))
            .ToLookup(r => r.Section, r => r.At);
        var symbols = sections.Single(s => s.Type == SymbolTable);
        var names = sections[symbols.Link].Offset;
        for (var at = symbols.Offset; at < symbols.Offset + symbols.Size; at += 24)
        {
            var section = U16(elf, at + 6);
            var (value, size) = ((int)U64(elf, at + 8), (int)U64(elf, at + 16));
            if ((elf[at + 4] & 15) == Function && section > 0 && section < sections.Count && size >= leastBytes
                && !relocated[section].Any(r => r >= value && r < value + size))
            {
                var name = names + (int)U32(elf, at);
                yield return (
                    Encoding.ASCII.GetString(elf, name, Array.IndexOf(elf, (byte)0, name) - name),
                    elf.AsSpan(sections[section].Offset + value, size).ToArray());
            }
        }
    }

    private static int U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static ulong U64(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
}
