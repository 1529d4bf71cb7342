namespace VirtualBench.Guests.Containers;

/// <summary>Names out of files, for messages.</summary>
internal static class PrintableText
{
    private const int Most = 80;

    /// <summary>The first of a text, with a question mark for whatever is not printable ASCII.</summary>
    public static string Of(string text) => string.Concat(text.Take(Most).Select(c => c is >= ' ' and <= '~' ? c : '?'));
}
