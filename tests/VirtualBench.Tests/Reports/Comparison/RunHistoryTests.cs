using System.Text.Json;
using VirtualBench.Campaign;
using VirtualBench.Cli;
using VirtualBench.Reports;
using VirtualBench.Reports.Comparison;
using VirtualBench.Reports.History;

namespace VirtualBench.Tests.Reports.Comparison;

public class RunHistoryTests
{
    [Fact]
    public void A_change_of_level_is_found_at_its_run_whatever_the_order_of_the_arguments()
    {
        var history = RunHistory.Of(Runs(1, 1.001, 0.999, 1.002, 1.2, 1.201, 1.199, 1.202).Reverse(), new ComparisonOptions());
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7"], history.Runs.Select(r => r.Id));
        var change = Assert.Single(history.Series.First(s => s.Target == "docker").Changes);
        Assert.Equal(("4", "worse"), (change.Run, change.Verdict));
        Assert.Equal(1.2, change.Ratio!.Value, 2);
        Assert.InRange(change.RatioCi95![0], 1.19, 1.2);
        Assert.Empty(history.Series.First(s => s.Target == "native").Changes);
    }

    [Fact]
    public void Too_few_runs_tell_no_change_and_say_so()
    {
        var history = RunHistory.Of(Runs(1, 1, 1.5, 1.5), new ComparisonOptions());
        Assert.All(history.Series, s => Assert.Empty(s.Changes));
        using var output = new StringWriter();
        Assert.Equal(0, ComparisonCommands.Show(history, "text", output));
        Assert.Contains("too few runs to tell", output.ToString(), StringComparison.Ordinal);
        Assert.All(output.ToString(), c => Assert.True(char.IsAscii(c)));
    }

    [Fact]
    public void Other_hosts_are_refused_until_they_are_allowed()
    {
        var other = RunComparisonTests.Source(1, "9", """{"cpuModel":"B"}""", started: DateTimeOffset.UnixEpoch);
        var runs = Runs(1, 1).Append(other).ToList();
        Assert.Contains("--allow host",
            Assert.Throws<CampaignException>(() => RunHistory.Of(runs, new ComparisonOptions())).Message, StringComparison.Ordinal);
        var history = RunHistory.Of(runs, new ComparisonOptions(Allowed: ["host"]));
        Assert.Equal("baseline", history.By);
        Assert.All(history.Series, s => Assert.Equal("docker", s.Target));
    }

    [Fact]
    public void Markdown_and_json_hold_every_series()
    {
        var history = RunHistory.Of(Runs(1, 2), new ComparisonOptions());
        var markdown = HistoryText.Markdown(history);
        Assert.Equal(4, markdown.Split('\n').Count(l => l.Split(' ') is ["|", "cpu.primes" or "os.syscall", ..]));
        using var output = new StringWriter();
        ComparisonCommands.Show(history, "json", output);
        using var json = JsonDocument.Parse(output.ToString());
        Assert.Equal("virtualbench.history/1", json.RootElement.GetProperty("schema").GetString());
        Assert.Equal(2, json.RootElement.GetProperty("series")[0].GetProperty("points").GetArrayLength());
    }

    [Fact]
    public void The_course_goes_from_the_lowest_mark_to_the_highest_and_leaves_gaps() =>
        Assert.Equal("1 85", HistoryText.Course([new(1, 6), null, new(3, 6), new(2, 6)], "12345678"));

    private static ReportSource[] Runs(params double[] docker) =>
    [
        .. docker.Select((d, i) => RunComparisonTests.Source(
            d, $"{i}", started: new DateTimeOffset(2026, 1, 1 + i, 0, 0, 0, TimeSpan.Zero))),
    ];
}
