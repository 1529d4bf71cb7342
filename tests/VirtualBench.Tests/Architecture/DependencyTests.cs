using System.Reflection;
using System.Text.RegularExpressions;
using NetArchTest.Rules;
using VirtualBench.Campaign;

namespace VirtualBench.Tests.Architecture;

/// <summary>The dependency rules of ARCHITECTURE.md.</summary>
public sealed partial class DependencyTests
{
    private static readonly Assembly Harness = typeof(Recording).Assembly;

    [Theory]
    [InlineData("Protocol",
        "VirtualBench.Plan|VirtualBench.Targets|VirtualBench.Guests|VirtualBench.Campaign|VirtualBench.Toolchain|"
        + "VirtualBench.Statistics|VirtualBench.Reports|VirtualBench.Host|VirtualBench.Cli|VirtualBench.Libvirt|BenchmarkDotNet|Docker|"
        + "Spectre|Mono")]
    [InlineData("Statistics",
        "VirtualBench.Plan|VirtualBench.Targets|VirtualBench.Guests|VirtualBench.Campaign|VirtualBench.Toolchain|"
        + "VirtualBench.Protocol|VirtualBench.Reports|VirtualBench.Host|VirtualBench.Cli|VirtualBench.Libvirt|BenchmarkDotNet|Docker|"
        + "Spectre|Mono")]
    [InlineData("Targets",
        "VirtualBench.Campaign|VirtualBench.Toolchain|VirtualBench.Statistics|VirtualBench.Reports|VirtualBench.Cli|BenchmarkDotNet|"
        + "Perfolizer")]
    [InlineData("Plan",
        "VirtualBench.Campaign|VirtualBench.Toolchain|VirtualBench.Statistics|VirtualBench.Reports|VirtualBench.Cli|BenchmarkDotNet|"
        + "Docker|VirtualBench.Libvirt")]
    [InlineData("Campaign", "VirtualBench.Toolchain|VirtualBench.Reports|VirtualBench.Cli|BenchmarkDotNet|Docker|VirtualBench.Libvirt")]
    [InlineData("Reports", "VirtualBench.Targets|VirtualBench.Toolchain|VirtualBench.Cli|Docker|VirtualBench.Libvirt")]
    [InlineData("Host",
        "VirtualBench.Campaign|VirtualBench.Toolchain|VirtualBench.Statistics|VirtualBench.Reports|VirtualBench.Cli|BenchmarkDotNet")]
    [InlineData("Cli", "BenchmarkDotNet|Docker|VirtualBench.Libvirt")]
    public void A_folder_sees_nothing_downstream_of_it(string folder, string forbidden)
    {
        var types = Types.InAssembly(Harness).That().ResideInNamespace("VirtualBench." + folder);
        Assert.NotEmpty(types.GetTypes());
        var result = types.ShouldNot().HaveDependencyOnAny(forbidden.Split('|')).GetResult();

        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }

    [Fact]
    public void Native_imports_stand_only_in_Interop()
    {
        var outside = SourceFiles("*.cs")
            .Where(f => NativeImport().IsMatch(File.ReadAllText(f)))
            .Where(f => !f.Contains("/Interop/", StringComparison.Ordinal))
            .ToList();

        Assert.Empty(outside);
    }

    [Fact]
    public void Nothing_under_guests_or_native_refers_to_the_harness()
    {
        var referring = SourceFiles("*.cs").Concat(SourceFiles("*.c")).Concat(SourceFiles("*.h")).Concat(SourceFiles("*.csproj"))
            .Where(f => Relative(f).StartsWith("guests/", StringComparison.Ordinal)
                || Relative(f).StartsWith("native/", StringComparison.Ordinal))
            .Where(f => File.ReadAllText(f).Contains("harness/", StringComparison.Ordinal))
            .ToList();

        Assert.Empty(referring);
    }

    private static string Relative(string path) => Path.GetRelativePath(Repository.Root, path);

    private static IEnumerable<string> SourceFiles(string pattern) =>
        new[] { "harness", "native", "guests" }.SelectMany(
            d => Directory.EnumerateFiles(Path.Combine(Repository.Root, d), pattern, SearchOption.AllDirectories))
            .Where(f => !Relative(f).Split('/').Any(p => p is "bin" or "obj"));

    [GeneratedRegex(@"\[(LibraryImport|DllImport)\(")]
    private static partial Regex NativeImport();
}
