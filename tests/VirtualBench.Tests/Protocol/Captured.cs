using System.Globalization;
using VirtualBench.Protocol;

namespace VirtualBench.Tests.Protocol;

/// <summary>Captured guest output as console lines, with host times that agree with the guest's own clock.</summary>
internal static class Captured
{
    public static List<ConsoleLine> Lines(string file) => Stamp(File.ReadAllLines(Repository.Data(file)));

    /// <summary>Each line is received when the guest's clock, which hello and crc lines carry, says it was sent.</summary>
    public static List<ConsoleLine> Stamp(IEnumerable<string> lines)
    {
        var now = 1_000_000_000L;
        var stamped = new List<ConsoleLine>();
        foreach (var line in lines)
        {
            var clock = line.LastIndexOf(" nowNs=", StringComparison.Ordinal);
            if (clock >= 0 && long.TryParse(line.AsSpan(clock + 7), NumberStyles.None, CultureInfo.InvariantCulture, out var guest))
            {
                now = guest + 5_000_000_000L;
            }

            stamped.Add(new ConsoleLine(now, line));
        }

        return stamped;
    }
}
