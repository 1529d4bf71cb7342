using System.Text;

namespace VirtualBench.Targets.Processes;

/// <summary>The last of what was written to standard error, bounded, as one line that is safe to print.</summary>
internal sealed class ErrorTail
{
    private const int KeptBytes = 4096;
    private const int LineLength = 300;
    private readonly Queue<byte> _kept = new();

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes.Length > KeptBytes ? bytes[^KeptBytes..] : bytes)
        {
            if (_kept.Count == KeptBytes)
            {
                _kept.Dequeue();
            }

            _kept.Enqueue(b);
        }
    }

    /// <summary>The last lines that say something.</summary>
    public IReadOnlyList<string> Lines() => [.. Split(Encoding.UTF8.GetString([.. _kept])).Select(Fit)];

    /// <summary>The last line that says something; null when nothing was written.</summary>
    public string? LastLine() => Clean(Encoding.UTF8.GetString([.. _kept]));

    /// <summary>
    /// The last line of <paramref name="text"/> that says something, without control characters, bounded; null when there is none.
    /// </summary>
    public static string? Clean(string text) => Split(text).LastOrDefault() is { } line ? Fit(line) : null;

    private static string[] Split(string text) =>
        text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Fit(string line)
    {
        var clean = new string([.. line.Select(c => char.IsControl(c) ? ' ' : c)]);
        return clean.Length <= LineLength ? clean : clean[..LineLength] + "...";
    }
}
