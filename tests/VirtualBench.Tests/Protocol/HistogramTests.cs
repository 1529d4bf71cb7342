using System.Globalization;
using HdrHistogram;
using VirtualBench.Protocol;
using Histogram = VirtualBench.Protocol.Histogram;

namespace VirtualBench.Tests.Protocol;

/// <summary>Distributions, against what a real guest said of its own and against HdrHistogram.</summary>
public sealed class HistogramTests
{
    private const string Capture = "transcripts/round-trips.txt";
    private const string Good = "// VB: histogram name=rtt unit=ns exact=2048 steps=1024 highest=5000 slots=";

    [Theory]
    [InlineData(0, "rtt")]
    [InlineData(1, "gap")]
    public void Percentiles_are_those_that_the_guest_computed(int section, string name)
    {
        var transcript = TranscriptReader.Read(Captured.Lines(Capture));
        Assert.Null(transcript.Fault);
        var histogram = Assert.Single(transcript.Sections[section].Histograms);
        var metrics = transcript.Sections[section].Metrics.ToDictionary(m => m.Name, m => m.Value);

        Assert.Equal((name, "ns"), (histogram.Name, histogram.Unit));
        Assert.Equal(metrics[name + ".max"], histogram.Highest);
        Assert.Equal(metrics.GetValueOrDefault(name + ".count", histogram.Count), histogram.Count);
        var percentiles = metrics.Where(m => m.Key.StartsWith(name + ".p", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(percentiles);
        Assert.All(percentiles, m => Assert.Equal(
            m.Value, histogram.Percentile(double.Parse(m.Key[(name.Length + 2)..], CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void A_distribution_of_several_lines_is_one()
    {
        var lines = Captured.Lines(Capture);
        Assert.True(lines.Count(l => l.Text.StartsWith("// VB: histogram name=rtt ", StringComparison.Ordinal)) > 1);
        Assert.Equal(
            TranscriptReader.Read(lines).Sections[0].Measurements.Where(m => m.Stage == "WorkloadActual").Sum(m => m.Operations),
            TranscriptReader.Read(lines).Sections[0].Histograms[0].Count);
    }

    [Fact]
    public void The_layout_is_HdrHistograms()
    {
        var reference = new LongHistogram(1, (1L << 37) - 1, 3);
        for (var value = 1L; value < 1L << 37; value = (value * 9 / 8) + 1)
        {
            Assert.Equal(reference.HighestEquivalentValue(value), Histogram.Top(Histogram.SlotOf(value)));
            Assert.Equal(Histogram.SlotOf(value), Histogram.SlotOf(Histogram.Top(Histogram.SlotOf(value))));
        }

        Assert.Equal(Histogram.SlotCount - 1, Histogram.SlotOf(long.MaxValue));
    }

    [Fact]
    public void Merged_they_are_as_if_all_values_had_been_taken_at_once()
    {
        var random = new Random(7);
        var values = Enumerable.Range(0, 5000).Select(_ => (long)Math.Exp(7 + (random.NextDouble() * 12))).ToList();
        var merged = Of(values[..1000]).Merge(Of(values[1000..]));
        var whole = Of(values);

        Assert.Equal(whole.Slots, merged.Slots);
        Assert.Equal((whole.Highest, 5000), (merged.Highest, merged.Count));
        values.Sort();
        foreach (var percent in new[] { 0, 1, 50, 99, 99.9, 99.99, 100 })
        {
            var exact = values[Math.Max(0, (int)Math.Ceiling(percent / 100 * values.Count) - 1)];
            Assert.InRange(merged.Percentile(percent), exact, exact * 1.001);
        }

        Assert.Throws<ArgumentException>(() => whole.Merge(whole with { Name = "gap" }));
    }

    [Theory]
    [InlineData(Good)]
    [InlineData(Good + "x")]
    [InlineData(Good + "1:0")]
    [InlineData(Good + "1:-1")]
    [InlineData(Good + "1,,2")]
    [InlineData(Good + "5:1,0:1")]
    [InlineData(Good + "1:99999999999999999999")]
    [InlineData(Good + "2147483647,2147483647")]
    [InlineData(Good + "28672")]
    [InlineData(Good + "4000")]
    [InlineData("// VB: histogram name=rtt unit=ns exact=4096 steps=1024 highest=5000 slots=1")]
    [InlineData("// VB: histogram name=rtt unit=ns exact=2048 steps=1024 slots=1")]
    [InlineData("// VB: histogram unit=ns exact=2048 steps=1024 highest=5000 slots=1")]
    [InlineData("// VB: histogram name=rtt unit=ns exact=2048 steps=1024 highest=5000")]
    public void A_line_that_is_not_right_is_refused_with_a_reason(string line) => Assert.NotNull(new HistogramReader().Take(line));

    [Fact]
    public void Lines_that_do_not_follow_one_another_are_refused()
    {
        var reader = new HistogramReader();
        Assert.Null(reader.Take(Good + "10:3,5"));
        Assert.Null(reader.Take(Good + "16:2"));
        Assert.NotNull(reader.Take(Good + "16:2"));
        Assert.NotNull(reader.Take((Good + "17").Replace("5000", "6000", StringComparison.Ordinal)));
        Assert.NotNull(reader.Take((Good + "17").Replace("unit=ns", "unit=ms", StringComparison.Ordinal)));
        Assert.Equal([new(10, 3), new(15, 1), new(16, 2)], Assert.Single(reader.Histograms).Slots);
    }

    private static Histogram Of(IReadOnlyList<long> values) => new(
        "rtt", "ns", values.Max(),
        [.. values.GroupBy(Histogram.SlotOf, (slot, same) => new HistogramSlot(slot, same.Count())).OrderBy(s => s.Slot)]);
}
