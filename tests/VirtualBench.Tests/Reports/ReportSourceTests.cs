using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualBench.Campaign;
using VirtualBench.Cli;
using VirtualBench.Reports;

namespace VirtualBench.Tests.Reports;

/// <summary>Broken, foreign and hostile reports and run directories: one line, never a crash.</summary>
public sealed class ReportSourceTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("vbtest-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void A_report_is_read_back_from_its_file_and_from_a_directory_that_holds_nothing_else()
    {
        var report = ReportBuilder.Build(new FakeRun().Record());
        ReportFiles.Write(report, directory);
        var read = ReportSource.Read(Path.Combine(directory, "report.json")).Report;
        Assert.Equal(ReportFiles.Serialize(report), ReportFiles.Serialize(read));
        Assert.Equal(report.Run.Id, ReportSource.Read(directory).Report.Run.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1,2]")]
    [InlineData("\"<script>alert(1)</script>\"")]
    [InlineData("{\"schema\":\"virtualbench.report/1\"}")]
    public void A_file_that_is_no_report_is_one_line(string text) => Refused(text);

    [Theory]
    [InlineData("schema", "\"other\"")]
    [InlineData("results", "null")]
    [InlineData("results", "[null]")]
    [InlineData("results", "[{}]")]
    [InlineData("targets", "[]")]
    [InlineData("run", "{}")]
    [InlineData("claims", "[\"text\"]")]
    public void A_report_with_a_damaged_part_is_one_line(string part, string instead)
    {
        var json = JsonNode.Parse(ReportFiles.Serialize(ReportBuilder.Build(new FakeRun().Record())))!;
        json[part] = JsonNode.Parse(instead);
        Refused(json.ToJsonString());
    }

    [Theory]
    [InlineData("median", "\"NaN\"")]
    [InlineData("bootFigures", "null")]
    [InlineData("bootFigures", "[null]")]
    [InlineData("bootFigures", "[{\"block\":1,\"figure\":1},{\"block\":1,\"figure\":2}]")]
    [InlineData("target", "\"nobody\"")]
    [InlineData("parameters", "7")]
    public void A_result_with_a_damaged_field_is_one_line(string field, string instead)
    {
        var json = JsonNode.Parse(ReportFiles.Serialize(ReportBuilder.Build(new FakeRun().Record())))!;
        json["results"]![0]![field] = JsonNode.Parse(instead);
        Refused(json.ToJsonString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"schema\":\"virtualbench.run/1\"}")]
    [InlineData("{\"schema\":\"virtualbench.run/1\",\"runId\":\"x\",\"startedUtc\":\"2026-01-01T00:00:00Z\",\"tool\":\"0\","
        + "\"commandLine\":[],\"plan\":{},\"targets\":[],\"guestBinaries\":{},\"environment\":{}}")]
    [InlineData("not json")]
    [InlineData("")]
    public void A_run_directory_with_a_broken_manifest_is_one_line(string manifest)
    {
        File.WriteAllText(Path.Combine(directory, "run.json"), manifest);
        OneLine(Assert.Throws<CampaignException>(() => ReportSource.Read(directory)));
    }

    [Fact]
    public void A_line_of_a_hundred_megabytes_is_refused_before_it_is_kept()
    {
        var path = Path.Combine(directory, "long.txt");
        using (var file = new StreamWriter(path))
        {
            file.Write("1 ");
            var text = new string('x', 1 << 20);
            for (var i = 0; i < 100; i++)
            {
                file.Write(text);
            }
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Assert.Throws<InvalidDataException>(() => TranscriptFile.Read(path)).Message;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 << 20);
        Assert.Contains("longer than any that was recorded", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_one_line() =>
        OneLine(Assert.Throws<CampaignException>(() => ReportSource.Read(Path.Combine(directory, "nothing"))));

    [Fact]
    public async Task The_command_line_refuses_what_it_does_not_know()
    {
        Assert.Equal(2, await CommandTree.RunAsync(["compare", "a"], new Commands()));
        Assert.Equal(2, await CommandTree.RunAsync(["compare", "a", "b", "--allow", "weather"], new Commands()));
        Assert.Equal(2, await CommandTree.RunAsync(["compare", "a", "b", "--margin", "-1"], new Commands()));
        Assert.Equal(2, await CommandTree.RunAsync(["compare", "a", "b", "--format", "xml"], new Commands()));
        Assert.Equal(2, await CommandTree.RunAsync(["history"], new Commands()));
        Assert.Equal(3, await CommandTree.RunAsync(["compare", directory, directory], new Commands()));
        var missing = Path.Combine(directory, "none.json");
        Assert.Equal(2, await CommandTree.RunAsync(["report", directory, "--claims", missing], new Commands()));
    }

    private void Refused(string text)
    {
        var path = Path.Combine(directory, "report.json");
        File.WriteAllText(path, text);
        OneLine(Assert.Throws<CampaignException>(() => ReportSource.Read(path)));
    }

    private static void OneLine(CampaignException e)
    {
        Assert.DoesNotContain('\n', e.Message);
        Assert.InRange(e.Message.Length, 10, 600);
        Assert.DoesNotContain("<script>", e.Message, StringComparison.Ordinal);
    }
}
