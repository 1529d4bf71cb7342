using VirtualBench.Campaign;
using VirtualBench.Reports;
using VirtualBench.Reports.Html;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Reports;

/// <summary>Whole reports against tests/data/reports, so that a change of their form is seen as one.</summary>
public partial class GoldenReportTests
{
    [Theory]
    [InlineData("report.md")]
    [InlineData("report.html")]
    [InlineData("terminal.txt")]
    public void It_reads_as_it_did(string file)
    {
        var report = ReportBuilder.Build(Record());
        using var terminal = new StringWriter();
        TerminalReport.Render(report, TerminalReport.ConsoleFor(terminal, isTerminal: false));
        var rendered = file switch
        {
            "report.md" => MarkdownReport.Render(report),
            "report.html" => WithoutResources(HtmlReport.Render(report)),
            _ => terminal.ToString(),
        };
        if (Environment.GetEnvironmentVariable("VIRTUALBENCH_UPDATE_GOLDEN") is { Length: > 0 } directory)
        {
            File.WriteAllText(Path.Combine(directory, file), rendered);
        }

        Assert.Equal(File.ReadAllText(Repository.Data("reports/" + file)), rendered);
    }

    // Style, script and their hashes are files of their own.
    private static string WithoutResources(string html) => Resource().Replace(html, "$1...$2");

    [System.Text.RegularExpressions.GeneratedRegex(@"(<style>|<script>|'sha256-)[^<']+(</style>|</script>|')")]
    private static partial System.Text.RegularExpressions.Regex Resource();

    // A bit of everything: a second name, a slower target, an emulated and a foreign one, an unsupported probe, a repeated start, an
    // unusable target.
    private static Recording Record()
    {
        Assert.True(TargetName.TryParse("lxc", out var lxc));
        return new FakeRun
        {
            Targets = ["native", "docker", "b=native", "qemu", "qemu@arm64"],
            Probes = ["cpu.primes", "mem.triad{bytes=33554432}", "os.cpuid", "life.boot"],
            Others = [new RecordedTarget("lxc", lxc, "namespaces", Acceleration.None,
                new Availability(false, null, "no LXC driver", "apt-get install lxc"))],
            Guest = (target, probe, block, attempt) => (target, probe.Id) switch
            {
                ("qemu@arm64", "os.cpuid") => new Answer([1], Unsupported: "no CPUID on this architecture"),
                ("docker", "os.cpuid") when block == 2 && attempt == 1 => new Answer([1], Error: "wrong answer"),
                ("docker", _) => new Answer([1080 + (3 * block), 1085, 1090], Work: probe.Id == "mem.triad" ? 10_000 : 1),
                ("qemu", _) => new Answer([11_000 + (40 * block)], Work: probe.Id == "mem.triad" ? 10_000 : 1),
                ("qemu@arm64", _) => new Answer([9_000 - (25 * block)], Work: probe.Id == "mem.triad" ? 10_000 : 1, Build: "bbbb"),
                _ => new Answer([1000 + (block * (target == "b" ? 3 : 2)), 1004, 1008], Work: probe.Id == "mem.triad" ? 10_000 : 1),
            },
        }.Record();
    }
}
