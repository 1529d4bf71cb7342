using System.Text.Json;
using System.Xml;
using VirtualBench.Campaign;
using VirtualBench.Reports;
using VirtualBench.Reports.Html;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Reports;

public sealed class ReportFilesTests : IDisposable
{
    private const string Hostile = "<script>alert(1)</script> \u001b[2J =HYPERLINK(\"x\") | **bold** \u202e end";
    private readonly string directory = Directory.CreateTempSubdirectory("vbtest-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void The_same_recording_gives_the_same_bytes_each_time()
    {
        var run = new FakeRun
        {
            Targets = ["native", "docker", "qemu@arm64"],
            Implementations = ["c", "cs"],
            Probes = ["cpu.primes", "mem.triad{bytes=1024}", "life.boot"],
            Guest = (target, _, block, _) => Answer.Times(100 + (block * (target.Length % 5)), 120, 99),
        };
        ReportFiles.Write(ReportBuilder.Build(run.Record()), directory);
        var first = Directory.GetFiles(directory).ToDictionary(f => f, File.ReadAllBytes);
        Assert.Equal(["report.csv", "report.html", "report.json", "report.md"],
            first.Keys.Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        ReportFiles.Write(ReportBuilder.Build(run.Record()), directory);
        Assert.Equal(4, Directory.GetFiles(directory).Length);
        Assert.All(first, f => Assert.Equal(f.Value, File.ReadAllBytes(f.Key)));
    }

    [Fact]
    public void The_json_has_the_promised_fields()
    {
        var text = ReportFiles.Serialize(
            ReportBuilder.Build(new FakeRun { Leaks = ["link vb0"], Probes = ["mem.latency{bytes=1024,hugepages=no}"] }.Record()));
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        Assert.Equal("virtualbench.report/1", root.GetProperty("schema").GetString());
        string[] inRun = ["id", "startedUtc", "seed", "preset", "wallSeconds"];
        Assert.All(inRun, f => Assert.True(root.GetProperty("run").TryGetProperty(f, out _), f));
        string[] inTarget = ["id", "engine", "arch", "version", "isolation", "acceleration", "usable", "reason"];
        Assert.All(inTarget, f => Assert.True(root.GetProperty("targets")[0].TryGetProperty(f, out _), f));
        string[] inResult =
        [
            "probe", "implementation", "parameters", "target", "unit", "direction", "boots", "iterations", "median", "ci95", "ratio",
            "ratioCi95", "verdict", "guestBinary", "valid", "reason", "bootFigures", "metrics",
        ];
        Assert.All(inResult, f => Assert.True(root.GetProperty("results")[0].TryGetProperty(f, out _), f));
        Assert.Equal(
            """{"bytes":"1024","hugepages":"no"}""", JsonSerializer.Serialize(root.GetProperty("results")[0].GetProperty("parameters")));
        Assert.Equal("H1", root.GetProperty("claims")[0].GetProperty("id").GetString());
        Assert.Equal("link vb0", root.GetProperty("leaks")[0].GetString());
        Assert.Equal("Test CPU", root.GetProperty("host").GetProperty("cpu").GetProperty("model").GetString());
        Assert.Equal(2, root.GetProperty("results")[1].GetProperty("ratioCi95").GetArrayLength());

        var read = JsonSerializer.Deserialize(text, ReportJson.Default.ReportDocument)!;
        Assert.Equal(text, ReportFiles.Serialize(read));
    }

    [Fact]
    public void What_a_guest_or_an_engine_says_is_markup_nowhere()
    {
        Assert.True(TargetName.TryParse("lxc", out var lxc));
        var report = ReportBuilder.Build(new FakeRun
        {
            Guest = (target, _, _, _) => target == "docker" ? new Answer([1], Error: Hostile) : Answer.Times(100),
            Others = [new RecordedTarget("lxc", lxc, "none", Acceleration.None, new Availability(false, Hostile, Hostile, Hostile))],
            Environment = JsonSerializer.Serialize(
                new Dictionary<string, object> { ["kernel"] = Hostile, ["warnings"] = new[] { Hostile } }),
            Leaks = [Hostile],
        }.Record());
        var html = HtmlReport.Render(report);
        Assert.Equal(2, html.Split("<script", StringSplitOptions.None).Length);
        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
        var markdown = MarkdownReport.Render(report);
        Assert.DoesNotContain("<script", markdown, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("**bold", markdown, StringComparison.Ordinal);
        using var terminal = new StringWriter();
        TerminalReport.Render(report, TerminalReport.ConsoleFor(terminal, isTerminal: false));
        string[] all = [html, markdown, CsvReport.Render(report), terminal.ToString(), ReportFiles.Serialize(report)];
        Assert.All(all, text => Assert.DoesNotContain(text, c => (char.IsControl(c) && c is not ('\n' or '\r')) || c == '\u202e'));
        foreach (var line in CsvReport.Render(report).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Equal(26, Fields(line).Count);
            Assert.All(Fields(line), f => Assert.False(f.Length > 0 && "=+@".Contains(f[0]), f));
        }
    }

    [Fact]
    public void The_page_is_well_formed_and_runs_nothing_but_its_own_script()
    {
        var html = HtmlReport.Render(
            ReportBuilder.Build(new FakeRun { Targets = ["native", "docker", "qemu"], Implementations = ["c", "cs"] }.Record()));
        var body = html[html.IndexOf("<body>", StringComparison.Ordinal)..html.IndexOf("<script>", StringComparison.Ordinal)] + "</body>";
        var xml = new XmlDocument();
        xml.LoadXml(body);
        Assert.Equal(7, xml.GetElementsByTagName("h2").Count);
        Assert.Equal(6, xml.GetElementsByTagName("svg").Count);
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
        Assert.Equal(2, html.Split("<script").Length);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", html, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", html, StringComparison.Ordinal);
        Assert.Contains("emulated", body, StringComparison.Ordinal);
        Assert.Contains("the host is busy", body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_run_stays_a_small_page()
    {
        var run = LargeRun.Make();
        var first = HtmlReport.Render(ReportBuilder.Build(run.Record()));
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(first), 1, 3_000_000);
        Assert.Equal(10 * 15 * 30, System.Text.RegularExpressions.Regex.Count(first, "class=\"boot\"") + (15 * 30));
        Assert.Equal(first, HtmlReport.Render(ReportBuilder.Build(run.Record())));
    }

    [Fact]
    public void The_markdown_holds_the_matrix_the_command_line_and_the_warnings()
    {
        var markdown = MarkdownReport.Render(ReportBuilder.Build(new FakeRun
        {
            Finished = false,
            Targets = ["native", "docker", "qemu"],
            Guest = (target, _, block, _) => Answer.Times((1000 + block) * (target == "docker" ? 1.1 : 1)),
        }.Record()));
        Assert.Contains("| probe | | native | docker | qemu (emulated) |", markdown, StringComparison.Ordinal);
        Assert.Contains("| cpu.primes | c | 996,512 events/s<br>baseline | 905,920 events/s<br>1.100 \\[1.100, 1.100\\]<br>worse |",
            markdown, StringComparison.Ordinal);
        Assert.Contains("<br>1.000 \\[1.000, 1.000\\]<br>equivalent |", markdown, StringComparison.Ordinal);
        Assert.Contains("    run --preset quick --targets native,docker,qemu", markdown, StringComparison.Ordinal);
        Assert.Contains("seed 42", markdown, StringComparison.Ordinal);
        Assert.Contains("- the host is busy", markdown, StringComparison.Ordinal);
        Assert.Contains("interrupted", markdown, StringComparison.Ordinal);
        Assert.Contains("| cpu.model | Test CPU |", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void The_terminal_table_is_plain_without_a_terminal()
    {
        using var output = new StringWriter();
        var report = ReportBuilder.Build(
            new FakeRun { Boots = 6, Guest = (target, _, _, _) => target == "docker" ? Answer.Times(200) : Answer.Times(100) }.Record());
        TerminalReport.Render(report, TerminalReport.ConsoleFor(output, isTerminal: false));
        var text = output.ToString();
        Assert.DoesNotContain('\u001b', text);
        Assert.All(text, c => Assert.True(char.IsAscii(c)));
        var docker = text.Split('\n').First(l => l.Contains("docker", StringComparison.Ordinal));
        Assert.Contains("2.000 [2.000, 2.000]", docker, StringComparison.Ordinal);
        Assert.Contains("worse", docker, StringComparison.Ordinal);
        Assert.Contains("warning: the host is busy", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_a_single_result_still_has_reports()
    {
        var run = new FakeRun { SkippedBlocks = 6, Finished = false, Environment = "{}" }.Record() with { Environment = default };
        ReportFiles.Write(ReportBuilder.Build(run), directory);
        Assert.Contains("not run", File.ReadAllText(Path.Combine(directory, "report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Failed_attempts_are_listed()
    {
        var report = ReportBuilder.Build(new FakeRun
        {
            Guest = (target, _, block, attempt) => new Answer([1], CutOff: block == 2 && attempt == 1 && target == "docker"),
        }.Record());
        Assert.Equal((7, 1), (report.Results[1].Attempts, report.Results[1].FailedAttempts));
        Assert.True(report.Results[1].Valid);
        Assert.Contains("block 2, docker (c), attempt 1, cpu.primes: cut off", MarkdownReport.Render(report), StringComparison.Ordinal);
    }

    private static List<string> Fields(string record)
    {
        var fields = new List<string> { "" };
        var quoted = false;
        foreach (var character in record)
        {
            if (character == '"')
            {
                quoted = !quoted;
            }
            else if (character == ',' && !quoted)
            {
                fields.Add("");
            }
            else
            {
                fields[^1] += character;
            }
        }

        return fields;
    }
}
