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
        while (ReadLine(file, path, lines.Count + 1) is { } line)
        {
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            if (blank <= 0 || !long.TryParse(line.AsSpan(0, blank), NumberStyles.None, CultureInfo.InvariantCulture, out var receivedNs))
            {
                throw new InvalidDataException($"{path}: line {lines.Count + 1} is no transcript line");
            }

            lines.Add(new ConsoleLine(receivedNs, Unescape(line.AsSpan(blank + 1), path, lines.Count + 1)));
        }

        return lines;
    }

    /// <summary>A line, but never one that no recorder wrote: such a file is not ours, and could fill the memory.</summary>
    private static string? ReadLine(StreamReader file, string path, int number)
    {
        var line = new StringBuilder();
        int character;
        while ((character = file.Read()) is not (-1 or '\n'))
        {
            if (line.Append((char)character).Length > LongestLine)
            {
                throw new InvalidDataException($"{path}: line {number} is longer than any that was recorded");
            }
        }

        return character == -1 && line.Length == 0 ? null : line.ToString();
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
