namespace VirtualBench.Host;

/// <summary>A file that no reader ever sees half of: it is renamed into place.</summary>
internal static class WholeFile
{
    public static void Write(string path, string text) => Replace(path, unfinished => File.WriteAllText(unfinished, text));

    public static void Write(string path, byte[] content) => Replace(path, unfinished => File.WriteAllBytes(unfinished, content));

    private static void Replace(string path, Action<string> write)
    {
        var unfinished = path + ".new";
        write(unfinished);
        File.Move(unfinished, path, overwrite: true);
    }
}
