using System.Globalization;

namespace VirtualBench.Cli;

/// <summary>Durations and sizes as people write them.</summary>
internal static class Quantity
{
    /// <summary>
    /// Reads <c>90s</c>, <c>5m</c>, <c>1.5h</c>, <c>500ms</c>; a bare number is seconds. Null when it is none, negative or above a year.
    /// </summary>
    public static TimeSpan? TryReadDuration(string text)
    {
        var seconds = Split(text) switch
        {
            ({ } n, "ms") => n / 1000,
            ({ } n, "s" or "") => n,
            ({ } n, "m" or "min") => n * 60,
            ({ } n, "h") => n * 3600,
            _ => -1,
        };
        return seconds is > 0 and < 366 * 86400.0 ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>Reads <c>512M</c>, <c>2G</c>, <c>1GiB</c> (binary); a bare number is bytes. Null when it is none.</summary>
    public static long? TryReadSize(string text)
    {
        var (number, unit) = Split(text);
        var scale = unit.ToUpperInvariant() switch
        {
            "" or "B" => 1L,
            "K" or "KIB" => 1L << 10,
            "M" or "MIB" => 1L << 20,
            "G" or "GIB" => 1L << 30,
            "T" or "TIB" => 1L << 40,
            _ => 0,
        };
        return number is { } n && scale > 0 && n * scale is >= 1 and < 1L << 50 ? (long)(n * scale) : null;
    }

    private static (double? Number, string Unit) Split(string text)
    {
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        return (double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null,
            text[digits..].Trim());
    }
}
