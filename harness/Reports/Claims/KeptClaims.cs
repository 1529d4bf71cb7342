using System.Globalization;

namespace VirtualBench.Reports.Claims;

/// <summary>The user's files of claims in a run directory, so that its reports can be made again as they were.</summary>
internal static class KeptClaims
{
    private const string Folder = "claims";

    /// <summary>The files that a run directory holds, in the order in which they were given.</summary>
    public static IReadOnlyList<string> Paths(string runDirectory)
    {
        var folder = Path.Combine(runDirectory, Folder);
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>The same, and others that are not among them.</summary>
    public static IReadOnlyList<string> PathsWith(IReadOnlyList<string> others, string runDirectory)
    {
        var kept = Paths(runDirectory);
        return [.. kept, .. others.Where(o => !Holds(kept, File.ReadAllBytes(o)))];
    }

    /// <summary>Keeps files in a run directory; what it holds already is not kept twice.</summary>
    /// <param name="files">Names and contents: a file may have changed while the run took its time.</param>
    public static void Add(IEnumerable<(string Name, byte[] Content)> files, string runDirectory)
    {
        foreach (var (name, content) in files)
        {
            var kept = Paths(runDirectory);
            if (!Holds(kept, content))
            {
                var numbered = string.Create(CultureInfo.InvariantCulture, $"{kept.Count + 1:D2}-{name}");
                Directory.CreateDirectory(Path.Combine(runDirectory, Folder));
                File.WriteAllBytes(Path.Combine(runDirectory, Folder, numbered), content);
            }
        }
    }

    private static bool Holds(IReadOnlyList<string> kept, byte[] content) =>
        kept.Any(k => File.ReadAllBytes(k).AsSpan().SequenceEqual(content));
}
