namespace VirtualBench.Targets;

/// <summary>What somebody who wrote a name wrongly may have meant.</summary>
internal static class Spelling
{
    /// <summary>More slips than this make another word.</summary>
    public const int NearDistance = 2;

    /// <summary>The nearest of the names that there are; null when none is near.</summary>
    public static string? Near(string name, IEnumerable<string> there) =>
        there.Select(known => (known, distance: Distance(name, known))).Where(candidate => candidate.distance <= NearDistance)
            .OrderBy(candidate => candidate.distance).Select(candidate => candidate.known).FirstOrDefault();

    /// <summary>Levenshtein's distance.</summary>
    public static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
