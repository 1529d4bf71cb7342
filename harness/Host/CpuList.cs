using System.Globalization;

namespace VirtualBench.Host;

/// <summary>Lists of processors as the kernel writes them: <c>0-3,8</c>.</summary>
internal static class CpuList
{
    /// <summary>Reads a list; null when it is none or names a processor above 4095.</summary>
    public static IReadOnlyList<int>? TryParse(string text)
    {
        var cpus = new SortedSet<int>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) ||
                !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) || last < first || last > 4095)
            {
                return null;
            }

            cpus.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return [.. cpus];
    }

    /// <summary>The processors that this process may run on (affinity and cpuset together).</summary>
    public static IReadOnlyList<int> Allowed()
    {
        const string Field = "Cpus_allowed_list:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
        return line is null ? [] : TryParse(line[Field.Length..].Trim()) ?? [];
    }
}
