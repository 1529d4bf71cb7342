using System.Text.Json;
using VirtualBench.Campaign;
using VirtualBench.Tests.Reports;
using VirtualBench.Toolchain;

namespace VirtualBench.Tests.Toolchain;

/// <summary>Alone, because it looks at what goes to the process's own console.</summary>
[CollectionDefinition(nameof(BenchmarkReportFilesTests), DisableParallelization = true)]
[Collection(nameof(BenchmarkReportFilesTests))]
public sealed class BenchmarkReportFilesTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("vbtest-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Two_reports_at_a_time_spoil_neither()
    {
        // BenchmarkDotNet's serialiser is not made for it; without care, this fails nearly every time.
        var recording = new FakeRun { Probes = ["cpu.primes", "os.syscall", "life.boot"] }.Record();
        Parallel.For(0, 8, i => BenchmarkReport.Write(Samples.From(recording), Path.Combine(directory, $"bdn{i}")));
        var files = Directory.GetFiles(directory, "*-report-full-compressed.json", SearchOption.AllDirectories);
        Assert.Equal(24, files.Length);
        Assert.All(files, file => JsonDocument.Parse(File.ReadAllText(file)).Dispose());
    }

    [Fact]
    public void The_files_are_BenchmarkDotNets_own_and_nothing_is_printed()
    {
        var recording = new FakeRun { Probes = ["cpu.primes", "os.syscall", "life.boot"] }.Record();
        var bdn = Path.Combine(directory, "bdn");
        var before = Console.Out;
        using var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            BenchmarkReport.Write(Samples.From(recording), bdn);
            BenchmarkReport.Write(Samples.From(recording), bdn);
        }
        finally
        {
            Console.SetOut(before);
        }

        Assert.Equal("", printed.ToString());
        var files = Directory.GetFiles(Path.Combine(bdn, "results")).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(
            from family in new[] { "Cpu", "Life", "Os" }
            from file in new[] { "-report-full-compressed.json", "-report-github.md", "-report.csv", "-report.html" }
            select "VirtualBench.Toolchain.Probes." + family + file,
            files);
        var log = File.ReadAllText(Assert.Single(Directory.GetFiles(bdn, "*.log")));
        Assert.All(
            Directory.GetFiles(Path.Combine(bdn, "results")),
            f => Assert.False(string.IsNullOrWhiteSpace(File.ReadAllText(f)), $"{f} is empty: {log}"));
        Assert.Contains("docker", File.ReadAllText(Path.Combine(bdn, "results", "VirtualBench.Toolchain.Probes.Cpu-report-github.md")),
            StringComparison.Ordinal);
        using var json = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(bdn, "results", "VirtualBench.Toolchain.Probes.Life-report-full-compressed.json")));
        var statistics = json.RootElement.GetProperty("Benchmarks")[0].GetProperty("Statistics");
        Assert.Equal(500_100, statistics.GetProperty("Median").GetDouble(), 100.0);
    }
}
