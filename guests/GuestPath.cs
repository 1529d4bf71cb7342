namespace VirtualBench.Guests;

/// <summary>Names of files in images that guests mount: what a Linux-like guest and a terminal take without a surprise.</summary>
internal static class GuestPath
{
    /// <summary>What one path component may be long (NAME_MAX), and a whole path with its terminator (PATH_MAX), in bytes.</summary>
    public const int MaxComponent = 255, MaxPath = 4095;

    /// <summary>Why a path cannot name a file in an image, to follow <c>NAME cannot be a name in IMAGE: </c>; null when it can.</summary>
    /// <param name="path">Relative to the image's root, without a leading or trailing slash.</param>
    public static string? WhyNot(string path) =>
        path.Length > MaxPath || path.Split('/').Any(part => part is "" or "." or ".." || part.Length > MaxComponent)
            ? "it must be a plain relative path"
            : path.Any(c => c is <= ' ' or > '~' or '\\') ? "only visible ASCII characters without the backslash may be"
            : null;

    /// <summary>A refused name as it may go to a terminal.</summary>
    public static string Show(string path) =>
        "'" + string.Concat(path.Take(80).Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"\\u{(int)c:x4}")) + "'";
}
