using System.Globalization;
using System.Text;

namespace VirtualBench.Guests.Tests;

internal sealed record CpioEntry(
    string Name, uint Inode, uint Mode, uint Owner, uint Group, uint Links, uint Time, uint Major, uint Minor, byte[] Content);

/// <summary>Reads concatenated "newc" archives as the kernel does: entries at multiples of four, zeros between segments skipped.</summary>
internal static class CpioReader
{
    public static List<List<CpioEntry>> Read(byte[] archive)
    {
        var segments = new List<List<CpioEntry>>();
        var segment = new List<CpioEntry>();
        for (var position = 0; position < archive.Length;)
        {
            if (archive[position] == 0)
            {
                position++;
                continue;
            }

            Assert.Equal(0, position % 4);
            Assert.Equal("070701", Encoding.ASCII.GetString(archive, position, 6));
            var f = Enumerable.Range(0, 13)
                .Select(i => Encoding.ASCII.GetString(archive, position + 6 + (i * 8), 8))
                .Select(digits => uint.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
                .ToArray();
            var nameLength = (int)f[11];
            var name = Encoding.ASCII.GetString(archive, position + 110, nameLength - 1);
            Assert.Equal(0, archive[position + 110 + nameLength - 1]);
            var start = Align(position + 110 + nameLength);
            position = Align(start + (int)f[6]);
            if (name == "TRAILER!!!")
            {
                segments.Add(segment);
                segment = [];
                continue;
            }

            segment.Add(new CpioEntry(name, f[0], f[1], f[2], f[3], f[4], f[5], f[9], f[10], archive[start..(start + (int)f[6])]));
        }

        Assert.Empty(segment);
        return segments;
    }

    private static int Align(int position) => (position + 3) & ~3;
}
