using System.Runtime.CompilerServices;

namespace VirtualBench.Guests.Tests;

/// <summary>A temporary directory of one test, and where the sources are.</summary>
public sealed class Workspace : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("vbtest-").FullName;

    /// <summary>The repository's own directory.</summary>
    public static string Repository { get; } = FindRepository();

    public static string Captured(string name) => File.ReadAllText(Path.Combine(Repository, "tests", "data", name));

    public string PathOf(string name) => Path.Combine(Root, name);

    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(PathOf(name), content);
        return PathOf(name);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static string FindRepository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
