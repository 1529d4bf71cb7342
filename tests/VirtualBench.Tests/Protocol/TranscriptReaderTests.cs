using VirtualBench.Protocol;

namespace VirtualBench.Tests.Protocol;

/// <summary>The reader against what a real guest program printed, whole and broken in every way that a console can break it.</summary>
public sealed class TranscriptReaderTests
{
    private const string Capture = "transcripts/two-good-one-failed.txt";

    [Fact]
    public void A_whole_transcript_gives_its_sections()
    {
        var transcript = TranscriptReader.Read(Captured.Lines(Capture));

        Assert.Null(transcript.Fault);
        Assert.True(transcript.Ended);
        Assert.Equal([SectionState.Complete, SectionState.Failed, SectionState.Complete], transcript.Sections.Select(s => s.State));
        var first = transcript.Sections[0];
        Assert.Equal(
            ("cpu.primes", "c", "x86_64", "1000"), (first.Probe, first.Implementation, first.Architecture, first.Parameters["limit"]));
        Assert.Equal(64, first.Build.Length);
        Assert.Equal(new Metric("work", 1, "event"), Assert.Single(first.Metrics));
        Assert.InRange(first.Results.Count(), 5, 6);
        Assert.InRange(first.Clocks!.GuestEndNs - first.Clocks.GuestBeginNs, 1e6, 1e9);
        Assert.Equal(("nosuch.probe", "no such probe; see --list"), (transcript.Sections[1].Probe, transcript.Sections[1].Reason));
    }

    /// <summary>The unikernel writes these lines without the engine, and two of its own after the last.</summary>
    [Fact]
    public void A_raw_run_of_the_unikernel_reads_like_any_other()
    {
        var transcript = TranscriptReader.Read(Captured.Lines("transcripts/unikernel-raw.txt"));

        Assert.Null(transcript.Fault);
        Assert.Equal([SectionState.Complete, SectionState.Unsupported, SectionState.Complete], transcript.Sections.Select(s => s.State));
        var first = transcript.Sections[0];
        Assert.Equal(("exit.io", "c", "tsc"), (first.Probe, first.Implementation, first.Clock));
        Assert.Equal(("in-port-0x1234", "raw"), (first.Notes["exit"], first.Notes["counting"]));
        Assert.Equal(new Metric("work", 1, "call"), Assert.Single(first.Metrics));
        Assert.Equal(10, first.Results.Count());
        Assert.All(first.Results, r => Assert.Equal(20, r.Operations));
        Assert.StartsWith("VBUNIKERNEL: exit 0", transcript.Lines[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Firmware_and_kernel_lines_before_the_program_are_passed_over()
    {
        var lines = Captured.Lines(Capture);
        lines.InsertRange(0, [new(1, "SeaBIOS"), new(2, "// BeforeAnythingElse"), new(3, "\u001b[2J\0\ufffd")]);

        Assert.Null(TranscriptReader.Read(lines).Fault);
    }

    [Fact]
    public void A_lost_line_invalidates_its_section_and_no_other()
    {
        var lines = Captured.Lines(Capture);
        lines.RemoveAt(lines.FindIndex(l => l.Text.StartsWith("WorkloadActual", StringComparison.Ordinal)));
        var transcript = TranscriptReader.Read(lines);

        Assert.Equal([SectionState.Invalid, SectionState.Failed, SectionState.Complete], transcript.Sections.Select(s => s.State));
        Assert.Contains("the guest sent", transcript.Sections[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_message_in_the_middle_invalidates_the_section()
    {
        var lines = Captured.Lines(Capture);
        var at = lines.FindIndex(l => l.Text.StartsWith("WorkloadActual", StringComparison.Ordinal));
        lines[at] = lines[at] with { Text = "[    1.0] hpet: lost interrupts" + lines[at].Text };

        Assert.Equal(SectionState.Invalid, TranscriptReader.Read(lines).Sections[0].State);
    }

    [Fact]
    public void A_transcript_cut_anywhere_is_a_fault_and_its_whole_sections_stay()
    {
        var lines = Captured.Lines(Capture);
        var whole = TranscriptReader.Read(lines).Sections;
        for (var length = 0; length < lines.Count; length++)
        {
            var cut = TranscriptReader.Read(lines[..length]);

            Assert.NotNull(cut.Fault);
            Assert.Equal(whole.Count(s => s.State == SectionState.Complete && s.Lines.End.Value <= length),
                cut.Sections.Count(s => s.State == SectionState.Complete));
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(20)]
    public void A_guest_clock_at_another_rate_than_the_hosts_invalidates_the_section(double rate)
    {
        var lines = Captured.Lines(Capture).Select(l => l with { ReceivedNs = (long)(l.ReceivedNs * rate) }).ToList();
        var section = TranscriptReader.Read(lines).Sections[0];

        Assert.Equal(SectionState.Invalid, section.State);
        Assert.StartsWith("guest clock: ", section.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_arrives_late_because_the_host_is_busy_is_forgiven()
    {
        var lines = Captured.Lines(Capture);
        var hello = lines.FindIndex(l => l.Text.Contains("VB: hello", StringComparison.Ordinal));
        lines[hello] = lines[hello] with { ReceivedNs = lines[hello].ReceivedNs + 40_000_000 };

        Assert.Null(TranscriptReader.Read(lines).Fault);
        Assert.Equal(SectionState.Complete, TranscriptReader.Read(lines).Sections[0].State);
    }

    [Fact]
    public void A_drift_too_small_for_one_section_shows_over_all_of_them()
    {
        // Each section took some 50 ms, which could be a late line; a second between the first and the last cannot.
        var lines = Captured.Lines(Capture);
        var last = lines.FindLastIndex(l => l.Text.Contains("VB: hello", StringComparison.Ordinal));
        for (var i = last; i < lines.Count; i++)
        {
            lines[i] = lines[i] with { ReceivedNs = lines[i].ReceivedNs + 1_000_000_000 };
        }

        var transcript = TranscriptReader.Read(lines);
        Assert.StartsWith("guest clock: ", transcript.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain(transcript.Sections, s => s.State == SectionState.Complete);
    }

    [Fact]
    public void A_guest_that_starts_twice_is_a_fault()
    {
        var lines = Captured.Lines(Capture);
        lines.AddRange(Captured.Lines(Capture));

        Assert.Contains("twice", TranscriptReader.Read(lines).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_protocol_version_is_a_fault()
    {
        var lines = Captured.Lines(Capture);
        lines[0] = lines[0] with { Text = lines[0].Text.Replace("version=1", "version=2", StringComparison.Ordinal) };

        Assert.Contains("version 2", TranscriptReader.Read(lines).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void No_change_to_a_section_goes_unnoticed()
    {
        var original = Captured.Lines(Capture);
        var section = TranscriptReader.Read(original).Sections[0].Lines;
        var random = new Random(20260101);
        for (var round = 0; round < 2000; round++)
        {
            var lines = new List<ConsoleLine>(original);
            // Not the two closing lines: the checksum cannot cover itself, and the clock in its line is held against the host's.
            var at = random.Next(section.Start.Value, section.End.Value - 2);
            var text = lines[at].Text.ToCharArray();
            text[random.Next(text.Length)] ^= (char)(1 << random.Next(7));
            lines[at] = lines[at] with { Text = new string(text) };

            Assert.DoesNotContain(TranscriptReader.Read(lines).Sections,
                s => s.State == SectionState.Complete && s.Lines.Start.Value == section.Start.Value && lines[at].Text != original[at].Text);
        }
    }

    [Fact]
    public void Random_lines_never_throw()
    {
        var random = new Random(4);
        var words = Captured.Lines(Capture).SelectMany(l => l.Text.Split(' ')).Append("\0").Append("// VB: crc=").Append("NaN").ToArray();
        for (var round = 0; round < 500; round++)
        {
            var lines = Enumerable.Range(0, 40).Select(i => new ConsoleLine(i,
                random.Next(4) == 0
                    ? "// BeforeAnythingElse"
                    : string.Join(' ', Enumerable.Range(0, random.Next(8)).Select(_ => words[random.Next(words.Length)]))));

            Assert.NotNull(TranscriptReader.Read([new ConsoleLine(0, "// VB: main version=1"), .. lines]).Fault ?? "");
        }
    }

    [Fact]
    public void What_a_guest_gives_as_a_reason_cannot_reach_a_terminal_raw()
    {
        var text = Printable.Line("\u001b[31mred\r\nnext\t" + new string('x', 1000));

        Assert.DoesNotContain(text, char.IsControl);
        Assert.True(text.Length < 320);
        Assert.StartsWith(@"\x1b[31mred\x0d\x0anext\x09xxx", text, StringComparison.Ordinal);
    }
}
