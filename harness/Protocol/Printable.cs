using System.Globalization;
using System.Text;

namespace VirtualBench.Protocol;

/// <summary>Makes text of a guest or an engine fit to be shown: one line, no control characters, bounded.</summary>
public static class Printable
{
    /// <summary>
    /// Control characters and everything outside ASCII become <c>\xNN</c>; what is over <paramref name="limit"/> characters is cut.
    /// </summary>
    public static string Line(string text, int limit = 300)
    {
        var line = new StringBuilder(Math.Min(text.Length, limit) + 8);
        foreach (var character in text)
        {
            if (line.Length >= limit)
            {
                line.Append("...");
                break;
            }

            if (character is >= ' ' and <= '~')
            {
                line.Append(character);
            }
            else
            {
                line.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}");
            }
        }

        return line.ToString();
    }
}
