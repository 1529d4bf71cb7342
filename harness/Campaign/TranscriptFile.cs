using System.Globalization;
using System.Text;
using VirtualBench.Protocol;

namespace VirtualBench.Campaign;

/// <summary>
/// A transcript on disk: one line for each line of the guest, the host's monotonic time in ns, a blank, and the text with a backslash as
/// <c>\\</c> and every byte outside printable ASCII as <c>\xNN</c>, so that looking at the file is safe and nothing is lost.
/// </summary>
internal static class TranscriptFile
{
    // Time, blank, and every character escaped.
    private const int LongestLine = 32 + (4 * ConsoleRecorder.LineLimit);

    public static void Write(string path, IReadOnlyList<ConsoleLine> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"{line.ReceivedNs} ");
            foreach (var character in line.Text)
            {
                _ = character switch
                {
                    '\\' => text.Append(@"\\"),
                    >= ' ' and <= '~' => text.Append(character),
                    _ => text.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}"),
                };
            }

            text.Append('\n');
        }

        File.WriteAllText(path, text.ToString());
    }

    /// <summary>Reads it back; a line that is not in this form is an <see cref="InvalidDataException"/>.</summary>
    public static IReadOnlyList<ConsoleLine> Read(string path)
    {
        var lines = new List<ConsoleLine>();
        using var file = File.OpenText(path);
        var buffer = new char[LongestLine + 1];
        var held = 0;
        while (true)
        {
            var read = file.ReadBlock(buffer, held, buffer.Length - held);
            var text = buffer.AsSpan(0, held + read);
            while (text.IndexOf('\n') is >= 0 and var length)
            {
                lines.Add(ReadLine(text[..length], path, lines.Count + 1));
                text = text[(length + 1)..];
            }

            if (read < buffer.Length - held)
            {
                return text.IsEmpty ? lines : [.. lines, ReadLine(text, path, lines.Count + 1)];
            }

            // A line that no recorder wrote: such a file is not ours, and could fill the memory.
            if (text.Length > LongestLine)
            {
                throw new InvalidDataException($"{path}: line {lines.Count + 1} is longer than any that was recorded");
            }

            text.CopyTo(buffer);
            held = text.Length;
        }
    }

    private static ConsoleLine ReadLine(ReadOnlySpan<char> line, string path, int number)
    {
        var blank = line.IndexOf(' ');
        return blank > 0 && long.TryParse(line[..blank], NumberStyles.None, CultureInfo.InvariantCulture, out var receivedNs)
            ? new ConsoleLine(receivedNs, Unescape(line[(blank + 1)..], path, number))
            : throw new InvalidDataException($"{path}: line {number} is no transcript line");
    }

    private static string Unescape(ReadOnlySpan<char> text, string path, int number)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '\\')
            {
                plain.Append('\\');
                i++;
            }
            else if (i + 3 < text.Length && text[i + 1] == 'x' &&
                     byte.TryParse(text.Slice(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                plain.Append((char)value);
                i += 3;
            }
            else
            {
                throw new InvalidDataException($"{path}: line {number} has a damaged escape");
            }
        }

        return plain.ToString();
    }
}
