using System.Buffers.Binary;

namespace VirtualBench.Guests.Linux;

/// <summary>
/// Unpacks LZ4's legacy frame (lz4_Frame_format.md, "Legacy frame"; lz4_Block_format.md), the form that kernel images use: a magic number,
/// then blocks, each a 4-byte length and sequences of literals and matches.
/// </summary>
internal static class Lz4LegacyFrame
{
    private const uint Magic = 0x184C2102;

    public static bool IsOne(ReadOnlySpan<byte> frame) => frame.Length > 8 && BinaryPrimitives.ReadUInt32LittleEndian(frame) == Magic;

    /// <summary>How many bytes it unpacked; <see cref="InvalidDataException"/> for anything that is not a frame or does not fit.</summary>
    public static int Decode(ReadOnlySpan<byte> frame, Span<byte> output)
    {
        if (!IsOne(frame))
        {
            throw new InvalidDataException("not an LZ4 legacy frame");
        }

        var done = 0;
        for (var rest = frame[4..]; rest.Length >= 4;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            if (length > rest.Length - 4)
            {
                throw new InvalidDataException("an LZ4 block is longer than the frame");
            }

            done += DecodeBlock(rest.Slice(4, (int)length), output[done..]);
            rest = rest[(4 + (int)length)..];
        }

        return done;
    }

    private static int DecodeBlock(ReadOnlySpan<byte> block, Span<byte> output)
    {
        int from = 0, to = 0;
        while (from < block.Length)
        {
            var token = block[from++];
            var literals = ReadLength(block, ref from, token >> 4);
            if (literals > block.Length - from || literals > output.Length - to)
            {
                throw new InvalidDataException("LZ4 literals reach beyond the block or the output");
            }

            block.Slice(from, literals).CopyTo(output[to..]);
            from += literals;
            to += literals;
            if (from == block.Length)
            {
                break; // the last sequence has no match
            }

            if (block.Length - from < 2)
            {
                throw new InvalidDataException("an LZ4 block ends within a match");
            }

            var distance = BinaryPrimitives.ReadUInt16LittleEndian(block[from..]);
            from += 2;
            var match = ReadLength(block, ref from, token & 15) + 4;
            if (distance == 0 || distance > to || match > output.Length - to)
            {
                throw new InvalidDataException("an LZ4 match reaches outside the output");
            }

            if (distance >= match)
            {
                output.Slice(to - distance, match).CopyTo(output[to..]);
            }
            else
            {
                // The match overlaps what it writes and so repeats it.
                for (var i = 0; i < match; i++)
                {
                    output[to + i] = output[to + i - distance];
                }
            }

            to += match;
        }

        return to;
    }

    private static int ReadLength(ReadOnlySpan<byte> block, ref int from, int length)
    {
        if (length < 15)
        {
            return length;
        }

        byte more;
        do
        {
            if (from >= block.Length || length > int.MaxValue / 2)
            {
                throw new InvalidDataException("an LZ4 block ends within a length");
            }

            more = block[from++];
            length += more;
        }
        while (more == 255);
        return length;
    }
}
