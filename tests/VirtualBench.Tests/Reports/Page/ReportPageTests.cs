using System.Text.Json;
using Microsoft.Playwright;
using VirtualBench.Campaign;
using VirtualBench.Protocol;
using VirtualBench.Reports;
using VirtualBench.Reports.Html;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Reports.Page;

/// <summary>report.html as a browser sees it.</summary>
public sealed class ReportPageTests(Browser browser) : IClassFixture<Browser>
{
    private const string Attack = "<script>document.title='owned'</script><img/src=x/onerror=document.title='owned'>";

    [Theory]
    [InlineData(ColorScheme.Light, 1300)]
    [InlineData(ColorScheme.Dark, 1300)]
    [InlineData(ColorScheme.Light, 400)]
    public async Task It_complains_of_nothing_asks_for_nothing_and_does_not_scroll_sideways(ColorScheme scheme, int width)
    {
        await using var opened = await browser.OpenAsync(HtmlReport.Render(ReportBuilder.Build(Run().Record())), scheme, width);
        Assert.Empty(opened.Complaints);
        Assert.Single(opened.Requests);
        var overhang = await opened.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.Equal(0, overhang);
    }

    [Fact]
    public async Task The_matrix_has_a_cell_for_each_probe_and_target_and_says_each_verdict_in_words()
    {
        var report = ReportBuilder.Build(Run().Record());
        await using var opened = await browser.OpenAsync(HtmlReport.Render(report));
        var rows = await opened.Page.Locator("table.matrix tbody tr").AllAsync();
        Assert.Equal(Run().Probes.Length, rows.Count);
        foreach (var (row, results) in rows.Zip(report.Results.GroupBy(ReportMatrix.Label)))
        {
            var cells = await row.Locator("td").AllInnerTextsAsync();
            Assert.Equal(Run().Targets.Length, cells.Count);
            Assert.All(cells.Zip(results, (cell, result) => (cell, Word: result.Median is null ? result.State : result.Verdict)),
                c => Assert.EndsWith(c.Word, c.cell, StringComparison.Ordinal));
        }

        var qemu = opened.Page.Locator("table.matrix thead th", new() { HasText = "qemu" });
        Assert.Equal(["emulated"], await qemu.Locator(".badge").AllInnerTextsAsync());
    }

    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(20)]
    [InlineData(21)]
    [InlineData(30)]
    public async Task A_matrix_of_many_targets_fits_on_paper(int targets)
    {
        var noise = new Random(3);
        var run = new FakeRun
        {
            Targets = [.. Enumerable.Range(1, targets).Select(i => i == 1 ? "native" : $"target-{i}=qemu")],
            Guest = (_, _, _, _) => Answer.Times(1000 + noise.Next(400)), // "inconclusive" is the longest word
        };
        const int LandscapeA4 = 1032; // 273 mm between the margins, in CSS pixels
        var page = HtmlReport.Render(ReportBuilder.Build(run.Record()));
        await using var opened = await browser.OpenAsync(page, ColorScheme.Light, LandscapeA4);
        await opened.Page.EmulateMediaAsync(new() { Media = Media.Print });
        var right = await opened.Page.EvaluateAsync<double>("document.querySelector('table.matrix').getBoundingClientRect().right");
        Assert.InRange(right, 200, LandscapeA4);
    }

    [Fact]
    public async Task Every_boot_is_a_point_of_the_ratio_charts_and_every_chart_has_a_name()
    {
        var report = ReportBuilder.Build(Run().Record());
        await using var opened = await browser.OpenAsync(HtmlReport.Render(report));
        var compared = report.Results.Where(r => r.Ratio is not null && r.Verdict != "baseline").ToList();
        Assert.Equal(compared.Sum(r => r.Boots), await opened.Page.Locator("svg circle.boot").CountAsync());
        Assert.Equal(compared.Count(r => r.RatioCi95 is not null), await opened.Page.Locator(".probe svg path.interval").CountAsync());
        foreach (var chart in await opened.Page.Locator("svg").AllAsync())
        {
            Assert.NotEmpty(await chart.GetAttributeAsync("aria-label") ?? "");
            Assert.DoesNotContain("NaN", await chart.InnerHTMLAsync(), StringComparison.Ordinal);
        }

        string[] sections = ["#verdicts", "#claims", "#memory", "#latency", "#throughput", "#starts", "#targets", "#host", "#reproduce"];
        foreach (var section in sections)
        {
            Assert.True(await opened.Page.Locator(section).IsVisibleAsync(), section);
        }
    }

    [Fact]
    public async Task A_click_on_a_heading_sorts_by_it_and_a_second_one_turns_the_order()
    {
        await using var opened = await browser.OpenAsync(HtmlReport.Render(ReportBuilder.Build(Run().Record())));
        var docker = opened.Page.Locator("table.matrix thead th", new() { HasText = "docker" });
        await docker.Locator("button").ClickAsync();
        Assert.Equal("ascending", await docker.GetAttributeAsync("aria-sort"));
        var ascending = await ColumnAsync(opened.Page);
        Assert.Equal(ascending.Order(), ascending);
        await docker.Locator("button").ClickAsync();
        var descending = await ColumnAsync(opened.Page);
        Assert.Equal(ascending.Reverse(), descending);
        Assert.NotEqual(ascending, descending);
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task It_is_dark_in_the_dark_and_light_on_paper()
    {
        var html = HtmlReport.Render(ReportBuilder.Build(Run().Record()));
        await using var opened = await browser.OpenAsync(html, ColorScheme.Dark);
        const string Background = "getComputedStyle(document.body).backgroundColor";
        Assert.Equal("rgb(20, 24, 28)", await opened.Page.EvaluateAsync<string>(Background));
        await opened.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        Assert.Equal("rgb(255, 255, 255)", await opened.Page.EvaluateAsync<string>(Background));
        Assert.NotEmpty(await opened.Page.PdfAsync(new PagePdfOptions { PreferCSSPageSize = true }));
        Assert.Equal(0, await opened.Page.Locator("details:not([open])").CountAsync());
    }

    [Fact]
    public async Task Nothing_that_a_guest_an_engine_or_a_file_says_runs()
    {
        Assert.True(TargetName.TryParse("lxc", out var lxc));
        var word = Attack.Replace(' ', '/');
        var recording = new FakeRun
        {
            Guest = (target, _, _, _) => target == "docker" ? new Answer([1], Error: Attack)
                : new Answer([100, 101], Metrics: [new(word, 3, "\"onload=x>"), new("rtt.p50", 5, word), new("rtt.p99", 9, word)]),
            Others = [new RecordedTarget("lxc", lxc, Attack, Acceleration.None, new Availability(false, Attack, Attack, Attack))],
            Environment = JsonSerializer.Serialize(
                new Dictionary<string, object> { [Attack] = Attack, ["warnings"] = new[] { Attack }, ["caches"] = Attack }),
            Leaks = [Attack],
        }.Record();
        var report = ReportBuilder.Build(recording);
        var evidence = new ReportEvidence(Attack, 1, null, true, Attack);
        report = report with { Claims = [new ReportClaim(Attack, Attack, Attack, Attack, Attack, Attack, Attack, [evidence])] };
        await using var opened = await browser.OpenAsync(HtmlReport.Render(report));
        Assert.Equal("VirtualBench 20261123-1", await opened.Page.TitleAsync());
        Assert.Empty(opened.Complaints);
        Assert.Single(opened.Requests);
        Assert.Equal(1, await opened.Page.Locator("script").CountAsync());
        Assert.Equal(0, await opened.Page.Locator("img").CountAsync());
    }

    [Fact]
    public async Task A_script_that_is_not_ours_would_not_run_even_if_it_stood_there()
    {
        var html = HtmlReport.Render(ReportBuilder.Build(new FakeRun().Record()))
            .Replace("</body>", "<script>document.title='owned'</script></body>", StringComparison.Ordinal);
        await using var opened = await browser.OpenAsync(html);
        Assert.Equal("VirtualBench 20261123-1", await opened.Page.TitleAsync());
        Assert.Contains("Content Security Policy", Assert.Single(opened.Complaints), StringComparison.Ordinal);
    }

    private static FakeRun Run() => new()
    {
        Targets = ["native", "docker", "oci:crun", "qemu"],
        Probes =
        [
            "cpu.primes", "mem.copy", "mem.latency{bytes=16384}", "mem.latency{bytes=8388608}", "mem.latency{bytes=268435456}", "os.jitter",
            "life.boot",
        ],
        Environment = """{"caches":[{"level":1,"type":"Data","sizeBytes":32768},{"level":2,"type":"Unified","sizeBytes":1048576}]}""",
        Guest = (target, probe, block, _) => new Answer(
            [
                (1000 + (probe.ToString().Length * block))
                    * (target == "docker" ? 1 + (probe.ToString().Length / 20.0) : target == "qemu" ? 12 : 1),
            ],
            Metrics: probe.Id switch
            {
                "os.jitter" => [new("gap.p50", 900, "ns"), new("gap.p90", 2_000 + block, "ns"), new("gap.p99.9", 80_000, "ns")],
                "mem.copy" => [new("hostCpuSecondsPerGB", 0.5 + (block * 0.01), "s/GB")],
                _ => [],
            }),
    };

    private static async Task<double[]> ColumnAsync(IPage page) => await page.EvaluateAsync<double[]>(
        "[...document.querySelectorAll('table.matrix tbody tr')].map(row => Number(row.cells[2].dataset.v))");
}
