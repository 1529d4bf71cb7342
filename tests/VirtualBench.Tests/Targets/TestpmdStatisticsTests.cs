using VirtualBench.Protocol;
using VirtualBench.Targets.Testpmd;

namespace VirtualBench.Tests.Targets;

public sealed class TestpmdStatisticsTests
{
    [Fact]
    public void What_both_ports_received_between_two_reports_is_one()
    {
        var statistics = new TestpmdStatistics();
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "tests", "data", "testpmd", "macswap.txt")))
        {
            statistics.Read(line);
        }

        // Three times a second apart; what is summed up at the end is none.
        Assert.Equal(
            [new TestpmdReport(14_272 + 14_240, 7_130 + 7_114), new TestpmdReport(26_976 + 26_944 - 14_272 - 14_240, 12_600 + 12_600)],
            statistics.Reports);
        Assert.Equal(25_408 * 1e9 / 25_200, statistics.Reports[1].Nanoseconds);
    }

    [Fact]
    public void A_port_that_received_nothing_takes_no_time() => Assert.Equal(0, new TestpmdReport(0, 0).Nanoseconds);

    [Fact]
    public void A_written_section_is_one_that_the_reader_takes()
    {
        var writer = new SectionWriter();
        writer.Begin("net.switch-rate", "size=64", "impl=c arch=x86_64 build=DPDK clock=dpdk clockHz=1000000000", 1_000);
        writer.Line("// VB: note frames=1024");
        writer.Iteration("WorkloadActual", 1, 1000, 5e8);
        writer.Iteration("WorkloadResult", 1, 1000, 5e8);
        writer.Line("// VB: metric name=work value=1 unit=frame");
        writer.End(isComplete: true, 1_500);
        var transcript = Read($"// VB: main version=1 impl=c arch=x86_64 build=DPDK\n{writer.Take()}// VB: end sections=1 failed=0\n");
        Assert.Null(transcript.Fault);
        var section = Assert.Single(transcript.Sections);
        Assert.Equal((SectionState.Complete, "net.switch-rate", "64"), (section.State, section.Probe, section.Parameters["size"]));
        Assert.Equal(new Measurement("WorkloadResult", 1, 1000, 5e8), section.Results.Single());
        Assert.Equal("1024", section.Notes["frames"]);
        Assert.Equal("", writer.Take());
    }

    [Fact]
    public void A_section_that_failed_says_why()
    {
        var writer = new SectionWriter();
        writer.Begin("net.switch-rate", "size=64", "impl=c arch=x86_64 build=DPDK clock=dpdk clockHz=1000000000", 1_000);
        writer.Line("// VB: error reason=no frame passed");
        writer.End(isComplete: false, 1_500);
        var transcript = Read($"// VB: main version=1 impl=c arch=x86_64 build=DPDK\n{writer.Take()}// VB: end sections=1 failed=1\n");
        Assert.Equal((SectionState.Failed, "no frame passed"), (transcript.Sections[0].State, transcript.Sections[0].Reason));
    }

    private static Transcript Read(string text) =>
        TranscriptReader.Read([.. text.TrimEnd('\n').Split('\n').Select(line => new ConsoleLine(1_000, line))]);
}
