using System.Reflection;

namespace VirtualBench.Tests;

/// <summary>Files of the checkout and of tests/data.</summary>
internal static class Repository
{
    public static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(a => a.Key == "RepositoryRoot").Value!;

    public static string Data(string path) => Path.Combine(AppContext.BaseDirectory, "data", path);
}
