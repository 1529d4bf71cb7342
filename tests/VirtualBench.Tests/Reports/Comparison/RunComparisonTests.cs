using System.Text.Json;
using System.Xml;
using VirtualBench.Campaign;
using VirtualBench.Cli;
using VirtualBench.Reports;
using VirtualBench.Reports.Comparison;

namespace VirtualBench.Tests.Reports.Comparison;

public class RunComparisonTests
{
    private const string Host = """{"cpuModel":"A","kernel":"1","architecture":"x86_64"}""";
    private const string OtherHost = """{"cpuModel":"B","kernel":"1","architecture":"x86_64"}""";

    [Fact]
    public void A_slowdown_is_worse_and_what_stayed_is_equivalent_whether_rate_or_time()
    {
        var comparison = RunComparison.Of(Source(1, "a"), Source(1.3, "b"), new ComparisonOptions());
        Assert.Equal("figures", comparison.By);
        Assert.Equal(["equivalent", "worse", "equivalent", "worse"], comparison.Results.Select(r => r.Verdict));
        Assert.All(comparison.Results.Where(r => r.Target == "docker"), r => Assert.Equal(1.3, r.Ratio!.Value, 2));
        Assert.True(comparison.GotWorse);
        var back = RunComparison.Of(Source(1.3, "a"), Source(1, "b"), new ComparisonOptions());
        Assert.Equal(["equivalent", "better"], back.Results.Take(2).Select(r => r.Verdict));
    }

    [Fact]
    public void The_margin_is_what_decides()
    {
        var comparison = RunComparison.Of(Source(1, "a"), Source(1.3, "b"), new ComparisonOptions(MarginPercent: 40));
        Assert.All(comparison.Results, r => Assert.Equal("equivalent", r.Verdict));
        Assert.False(comparison.GotWorse);
    }

    [Theory]
    [InlineData("binary", "guest program")]
    [InlineData("host", "CPU model")]
    [InlineData("engine", "version of docker")]
    [InlineData("resources", "vCPUs")]
    public void What_differs_is_refused_by_name_until_it_is_allowed_and_then_each_line_says_so(string kind, string what)
    {
        var before = Source(1, "a");
        var after = Changed(Source(1, "b"), kind);
        var refusal = Assert.Throws<CampaignException>(() => RunComparison.Of(before, after, new ComparisonOptions(Allowed: Others(kind))));
        Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--allow " + kind, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        var comparison = RunComparison.Of(before, after, new ComparisonOptions(Allowed: [kind]));
        Assert.All(comparison.Results.Where(r => r.Target == "docker"), r => Assert.Equal([kind], r.Caveats));
        var concernsAll = kind is "host" or "resources" or "binary";
        Assert.All(comparison.Results.Where(r => r.Target == "native"), r => Assert.Equal(concernsAll, r.Caveats.Count > 0));
        Assert.Equal(kind == "host" ? "baseline" : "figures", comparison.By);
    }

    [Fact]
    public void Between_hosts_each_run_is_held_against_its_own_baseline()
    {
        // The second host is twice as slow in everything, and docker takes 30 % more there than native.
        var before = Source(1, "a");
        var after = Source(1.3, "b", OtherHost, everything: 2);
        var comparison = RunComparison.Of(before, after, new ComparisonOptions(Allowed: ["host"]));
        Assert.All(comparison.Results, r => Assert.Equal(("docker", "x baseline", 1.3), (r.Target, r.Unit, Math.Round(r.Ratio!.Value, 2))));
        Assert.Contains("baseline of its own run", comparison.Legend, StringComparison.Ordinal);
        var absolute = RunComparison.Of(before, after, new ComparisonOptions(Allowed: ["host"], By: "figures"));
        Assert.Equal(2, absolute.Results[0].Ratio!.Value, 2);
    }

    [Fact]
    public void What_had_a_figure_and_has_none_is_lost_and_that_is_worse()
    {
        var after = new ReportSource("new", ReportBuilder.Build(
            Run(1, Host, 1, target => target == "docker" ? new Answer([1], Error: "wrong answer") : null).Record()));
        var comparison = RunComparison.Of(Source(1, "a"), after, new ComparisonOptions());
        var lost = comparison.Results.Where(r => r.Target == "docker").ToList();
        Assert.All(lost, r => Assert.Equal("lost", r.Verdict));
        Assert.Contains("wrong answer", lost[0].Reason, StringComparison.Ordinal);
        Assert.True(comparison.GotWorse);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("markdown")]
    [InlineData("junit")]
    [InlineData("json")]
    public void Each_format_says_the_same_and_the_status_tells_whether_anything_got_worse(string format)
    {
        using var output = new StringWriter();
        Assert.Equal(1, ComparisonCommands.Compare(Source(1, "a"), Source(1.3, "b"), new ComparisonOptions(), format, output));
        var text = output.ToString();
        Assert.Contains("1.3", text, StringComparison.Ordinal);
        Assert.Contains("worse", text, StringComparison.Ordinal);
        if (format == "junit")
        {
            var xml = new XmlDocument();
            xml.LoadXml(text);
            Assert.Equal(4, xml.SelectNodes("//testcase")!.Count);
            Assert.Equal(2, xml.SelectNodes("//testcase[@name='docker']/failure")!.Count);
            Assert.Equal("2", xml.SelectSingleNode("//testsuite/@failures")!.Value);
        }
        else if (format == "json")
        {
            using var json = JsonDocument.Parse(text);
            Assert.Equal("virtualbench.compare/1", json.RootElement.GetProperty("schema").GetString());
            Assert.Equal("worse", json.RootElement.GetProperty("results")[1].GetProperty("verdict").GetString());
        }

        using var same = new StringWriter();
        Assert.Equal(0, ComparisonCommands.Compare(Source(1, "a"), Source(1, "b"), new ComparisonOptions(), format, same));
    }

    [Fact]
    public void Runs_without_a_common_result_cannot_be_compared()
    {
        var other = new ReportSource("other", ReportBuilder.Build(new FakeRun { Environment = Host, Probes = ["os.clock"] }.Record()));
        var refusal = Assert.Throws<CampaignException>(() => RunComparison.Of(Source(1, "a"), other, new ComparisonOptions()));
        Assert.Contains("in common", refusal.Message, StringComparison.Ordinal);
    }

    internal static ReportSource Source(
        double docker, string path, string host = Host, double everything = 1, DateTimeOffset? started = null) =>
        new(path, ReportBuilder.Build(Run(docker, host, everything, _ => null).Record() with
        {
            RunId = path,
            StartedUtc = started ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        }));

    private static FakeRun Run(double docker, string host, double everything, Func<string, Answer?> instead) => new()
    {
        Environment = host,
        Probes = ["cpu.primes", "os.syscall"],
        Guest = (target, _, block, _) => instead(target)
            ?? Answer.Times((1000 + (block * 5 % 7)) * everything * (target == "docker" ? docker : 1)),
    };

    private static string[] Others(string kind) => [.. Difference.Kinds.Where(k => k != kind)];

    private static ReportSource Changed(ReportSource source, string kind)
    {
        var report = source.Report;
        return source with
        {
            Report = kind switch
            {
                "binary" => report with { Results = [.. report.Results.Select(r => r with { GuestBinary = "zzzz" })] },
                "host" => report with { Host = JsonDocument.Parse(OtherHost).RootElement },
                "engine" => report with { Targets = [.. report.Targets.Select(t => t.Id == "docker" ? t with { Version = "2.0" } : t)] },
                _ => report with { Run = report.Run with { VirtualCpus = 2 } },
            },
        };
    }
}
