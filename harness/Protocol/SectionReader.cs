using System.Globalization;

namespace VirtualBench.Protocol;

/// <summary>Reads one section: from "// BeforeAnythingElse" to the checksum, and "// AfterAll" where the section succeeded.</summary>
internal static class SectionReader
{
    private static readonly Dictionary<string, string> NoWords = [];

    /// <summary>Reads the section that begins at line <paramref name="begin"/>.</summary>
    public static Section Read(IReadOnlyList<ConsoleLine> lines, int begin)
    {
        var crc = new Crc32();
        crc.AddLine(lines[begin].Text);
        var hello = NoWords;
        var helloNs = 0L;
        var measurements = new List<Measurement>();
        var metrics = new List<Metric>();
        var notes = new Dictionary<string, string>(StringComparer.Ordinal);
        var histograms = new HistogramReader();
        var foreign = 0;
        string? fault = null;
        string? error = null;
        string? unsupported = null;

        for (var i = begin + 1; i < lines.Count; i++)
        {
            var text = lines[i].Text;
            if (text == LineGrammar.Begin || text.StartsWith(LineGrammar.End, StringComparison.Ordinal))
            {
                return Make(begin, i, SectionState.Invalid, $"cut off after {i - begin} lines: the checksum is missing", null);
            }

            if (text.StartsWith(LineGrammar.Checksum, StringComparison.Ordinal))
            {
                return Close(i);
            }

            var measurement = LineGrammar.TryReadMeasurement(text);
            if (measurement is null && !text.StartsWith("//", StringComparison.Ordinal))
            {
                // No line of a guest program: a kernel prints on the same port when it likes. Were it one that was damaged, the checksum
                // would not agree without it.
                foreign++;
                continue;
            }

            crc.AddLine(text);
            if (measurement is not null)
            {
                measurements.Add(measurement);
            }
            else if (text.StartsWith(LineGrammar.Hello, StringComparison.Ordinal))
            {
                hello = LineGrammar.TryReadWords(text, LineGrammar.Hello) ?? NoWords;
                helloNs = lines[i].ReceivedNs;
            }
            else if (text.StartsWith(LineGrammar.Error, StringComparison.Ordinal))
            {
                error = Printable.Line(text[LineGrammar.Error.Length..]);
            }
            else if (text.StartsWith(LineGrammar.Unsupported, StringComparison.Ordinal))
            {
                unsupported = Printable.Line(text[LineGrammar.Unsupported.Length..]);
            }
            else
            {
                fault ??= ReadInner(text, metrics, histograms, notes);
            }
        }

        return Make(begin, lines.Count, SectionState.Invalid, $"cut off after {lines.Count - begin} lines: the checksum is missing", null);

        Section Close(int i)
        {
            var words = LineGrammar.TryReadWords("// VB: " + lines[i].Text["// VB: ".Length..], "// VB: ") ?? NoWords;
            var complete = i + 1 < lines.Count && lines[i + 1].Text == LineGrammar.AfterAll;
            var stop = complete ? i + 2 : i + 1;
            var counted = (i - begin - foreign).ToString(CultureInfo.InvariantCulture);
            if (words.GetValueOrDefault("lines") != counted)
            {
                return Make(begin, stop, SectionState.Invalid,
                    $"{counted} lines arrived, the guest sent {words.GetValueOrDefault("lines") ?? "?"}", null);
            }

            if (!uint.TryParse(words.GetValueOrDefault("crc"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var sent)
                || sent != crc.Value)
            {
                return Make(begin, stop, SectionState.Invalid, "a line was damaged on its way: the checksum does not agree", null);
            }

            if (error is not null || unsupported is not null)
            {
                return Make(begin, stop, error is null ? SectionState.Unsupported : SectionState.Failed, error ?? unsupported, null);
            }

            var clocks = ReadClocks(words, lines[i].ReceivedNs);
            fault ??= hello.Count == 0 ? "the hello line is missing or damaged"
                : !complete ? "the line \"// AfterAll\" is missing"
                : clocks is null ? "the guest did not say its clock"
                : CountFault(measurements)
                    ?? clocks.Fault;
            return Make(begin, stop, fault is null ? SectionState.Complete : SectionState.Invalid, fault, clocks);
        }

        GuestClock? ReadClocks(Dictionary<string, string> words, long closedNs) =>
            LineGrammar.TryReadNumber(hello.GetValueOrDefault("nowNs") ?? "", out var guestBegin) &&
            LineGrammar.TryReadNumber(words.GetValueOrDefault("nowNs") ?? "", out var guestEnd)
                ? new GuestClock(guestBegin, guestEnd, helloNs, closedNs) : null;

        Section Make(int first, int stop, SectionState state, string? reason, GuestClock? clocks) => new()
        {
            Probe = hello.GetValueOrDefault("probe") ?? "unknown",
            Parameters = ReadParameters(hello.GetValueOrDefault("params") ?? "-"),
            Implementation = hello.GetValueOrDefault("impl") ?? "unknown",
            Architecture = hello.GetValueOrDefault("arch") ?? "unknown",
            Clock = hello.GetValueOrDefault("clock") ?? "unknown",
            ClockHz = LineGrammar.TryReadNumber(hello.GetValueOrDefault("clockHz") ?? "", out var hz) ? hz : 0,
            Build = hello.GetValueOrDefault("build") ?? "unknown",
            State = state,
            Reason = reason,
            Measurements = measurements,
            Metrics = metrics,
            Histograms = histograms.Histograms,
            Notes = notes,
            Lines = first..stop,
            Clocks = clocks,
        };
    }

    private static string? ReadInner(
        string text, List<Metric> metrics, HistogramReader histograms, Dictionary<string, string> notes)
    {
        if (text.StartsWith(LineGrammar.Metric, StringComparison.Ordinal))
        {
            if (LineGrammar.TryReadWords(text, LineGrammar.Metric) is not { } words || !words.TryGetValue("name", out var name) ||
                !LineGrammar.TryReadNumber(words.GetValueOrDefault("value") ?? "", out var value))
            {
                return "a metric line without a name or a number";
            }

            metrics.Add(new Metric(name, value, words.GetValueOrDefault("unit") ?? ""));
            return null;
        }

        if (text.StartsWith(LineGrammar.Histogram, StringComparison.Ordinal))
        {
            return histograms.Take(text);
        }

        if (text.StartsWith(LineGrammar.Note, StringComparison.Ordinal))
        {
            foreach (var (name, value) in LineGrammar.TryReadWords(text, LineGrammar.Note) ?? NoWords)
            {
                notes[name] = value;
            }
        }

        return null;
    }

    /// <summary>Iterations of each stage count from 1 without a gap, and each actual iteration has its result.</summary>
    private static string? CountFault(List<Measurement> measurements)
    {
        foreach (var stage in measurements.GroupBy(m => m.Stage))
        {
            var expected = 1;
            foreach (var measurement in stage)
            {
                if (measurement.Index != expected++)
                {
                    return $"iteration {expected - 1} of {stage.Key} is missing";
                }
            }
        }

        var actual = measurements.Count(m => m.Stage == "WorkloadActual");
        var results = measurements.Count(m => m.Stage == "WorkloadResult");
        return actual == 0 ? "no iteration was measured"
            : actual != results ? $"{actual} iterations but {results} results"
            : null;
    }

    private static Dictionary<string, string> ReadParameters(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        if (text != "-")
        {
            foreach (var pair in text.Split(','))
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                parameters[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : pair[(equals + 1)..];
            }
        }

        return parameters;
    }
}
