using System.Globalization;

namespace VirtualBench.Protocol;

/// <summary>
/// Reads and checks what a guest printed. Nothing in the input is trusted: it never throws, and whatever does not add up becomes a section
/// or a transcript with a reason.
/// </summary>
public static class TranscriptReader
{

    /// <summary>Reads a whole console, firmware and kernel lines included.</summary>
    public static Transcript Read(IReadOnlyList<ConsoleLine> lines)
    {
        var sections = new List<Section>();
        long? mainNs = null;
        long? endNs = null;
        Dictionary<string, string>? end = null;
        string? fault = null;

        for (var i = 0; i < lines.Count; i++)
        {
            var text = lines[i].Text;
            if (text.StartsWith(LineGrammar.Main, StringComparison.Ordinal))
            {
                fault ??= mainNs is null ? null : "the guest program started twice (did the guest restart?)";
                mainNs ??= lines[i].ReceivedNs;
                fault ??= LineGrammar.TryReadWords(text, LineGrammar.Main) is { } words ? VersionFault(words) : "a damaged main line";
            }
            else if (mainNs is null || end is not null)
            {
                continue;
            }
            else if (text == LineGrammar.Begin)
            {
                var section = SectionReader.Read(lines, i);
                sections.Add(section);
                i = section.Lines.End.Value - 1;
            }
            else if (text.StartsWith(LineGrammar.End, StringComparison.Ordinal))
            {
                end = LineGrammar.TryReadWords(text, LineGrammar.End) ?? [];
                endNs = lines[i].ReceivedNs;
            }
        }

        fault ??= mainNs is null ? "the guest program never began" : end is null ? Unfinished(sections) : EndFault(end, sections);
        if (ClockFault(sections) is { } drift)
        {
            // No figure of this boot can be trusted, however well it was transmitted.
            fault ??= drift;
            sections =
                [.. sections.Select(s => s.State == SectionState.Complete ? s with { State = SectionState.Invalid, Reason = drift } : s)];
        }

        return new Transcript(lines, mainNs, sections, endNs, fault);
    }

    private static string Unfinished(List<Section> sections) =>
        sections.Count == 0 ? "the guest program stopped before its first probe"
        : $"the guest program stopped in or after {sections[^1].Probe} and never finished";

    /// <summary>All sections together: over their longer time a smaller drift shows.</summary>
    private static string? ClockFault(List<Section> sections)
    {
        var timed = sections.Select(s => s.Clocks).OfType<GuestClock>().ToList();
        return timed.Count == 0 ? null : timed[0].Through(timed[^1]).Fault;
    }

    private static string? VersionFault(Dictionary<string, string> words) =>
        words.GetValueOrDefault("version") == "1" ? null
        : $"the guest program speaks protocol version {words.GetValueOrDefault("version") ?? "unknown"}, this harness version 1; "
            + "build both from the same source";

    private static string? EndFault(Dictionary<string, string> end, List<Section> sections)
    {
        var failed = sections.Count(s => s.State == SectionState.Failed);
        return end.GetValueOrDefault("sections") != sections.Count.ToString(CultureInfo.InvariantCulture)
            ? $"the guest says it ran {end.GetValueOrDefault("sections") ?? "?"} probes, {sections.Count} arrived"
            : end.GetValueOrDefault("failed") != failed.ToString(CultureInfo.InvariantCulture)
            ? $"the guest says that {end.GetValueOrDefault("failed") ?? "?"} probes failed, {failed} arrived as failed"
            : null;
    }
}
