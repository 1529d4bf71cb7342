using System.Reflection;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Targets;

/// <summary>vbenclose as the build made it.</summary>
internal static class EnclosureProgram
{
    public static string? Find()
    {
        var path = Path.Combine(RepositoryRoot, "artifacts", "host", "vbenclose");
        return File.Exists(path) ? path : null;
    }

    private static string RepositoryRoot { get; } = typeof(ITarget).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;
}
