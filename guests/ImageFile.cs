namespace VirtualBench.Guests;

/// <summary>Reads a file that the user names as an engine's image, of which anything may be wrong.</summary>
internal static class ImageFile
{
    /// <param name="what">What it should be, e.g. <c>OSv loader</c>.</param>
    /// <param name="most">More than any such file has, in bytes: what is larger need not be read to know.</param>
    /// <exception cref="InvalidDataException">It cannot be read, or is none by its size; the message is one line.</exception>
    public static byte[] Read(string path, string what, long most)
    {
        if (Directory.Exists(path))
        {
            throw new InvalidDataException($"{path} is a directory, and not an {what}: name the file in it");
        }

        if (!File.Exists(path))
        {
            throw new InvalidDataException($"the {what} {path} does not exist");
        }

        try
        {
            // A device or a pipe has no length, and perhaps no end. A link has one of its own.
            var length = new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path).Length;
            if (length == 0 || length > most)
            {
                throw new InvalidDataException($"{path} is no {what}: {(length == 0 ? "it is empty, or no ordinary file" : "it is far too large")}");
            }

            using var file = File.OpenRead(path);
            var image = new byte[length];
            file.ReadExactly(image);
            return image;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"the {what} {path} cannot be read: {e.Message}", e);
        }
    }
}
