using System.Globalization;

namespace VirtualBench.Protocol;

/// <summary>Puts the histograms of one section together from its lines; see vb_protocol.h.</summary>
internal sealed class HistogramReader
{
    private readonly List<(string Name, string Unit, long Highest, List<HistogramSlot> Slots)> _histograms = [];

    public IReadOnlyList<Histogram> Histograms =>
        [.. _histograms.Select(h => new Histogram(h.Name, h.Unit, h.Highest, h.Slots))];

    /// <summary>Takes one line. Returns what is wrong with it; null when it is good.</summary>
    public string? Take(string line)
    {
        if (LineGrammar.TryReadWords(line, LineGrammar.Histogram) is not { } words || !words.TryGetValue("name", out var name) ||
            !long.TryParse(words.GetValueOrDefault("highest"), NumberStyles.None, CultureInfo.InvariantCulture, out var highest) ||
            !words.TryGetValue("slots", out var text))
        {
            return "a histogram line without a name, a highest value or slots";
        }

        if (words.GetValueOrDefault("exact") != Invariant(Histogram.Exact) ||
            words.GetValueOrDefault("steps") != Invariant(Histogram.Steps))
        {
            return "a histogram of another layout than this harness knows; build both from the same source";
        }

        var at = _histograms.FindIndex(h => h.Name == name);
        if (at < 0)
        {
            at = _histograms.Count;
            _histograms.Add((name, words.GetValueOrDefault("unit") ?? "", highest, []));
        }

        var histogram = _histograms[at];
        return histogram.Highest != highest || histogram.Unit != (words.GetValueOrDefault("unit") ?? "")
            ? $"the lines of the histogram {Printable.Line(name, 32)} do not belong together"
            : TakeSlots(text, histogram.Slots, highest);
    }

    private static string? TakeSlots(string text, List<HistogramSlot> slots, long highest)
    {
        var slot = 0;
        foreach (var range in text.AsSpan().Split(','))
        {
            var pair = text.AsSpan(range);
            var colon = pair.IndexOf(':');
            var count = 1u;
            if (!int.TryParse(colon < 0 ? pair : pair[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var distance) ||
                (colon >= 0 && !uint.TryParse(pair[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out count)))
            {
                return "a histogram line with a slot that is no DISTANCE:COUNT";
            }

            // Rising, from line to line too, so that a hostile guest cannot make more of them than there are.
            if (distance >= Histogram.SlotCount || (slot += distance) >= Histogram.SlotCount || count == 0 ||
                (slots.Count > 0 && slot <= slots[^1].Slot) || slot > Histogram.SlotOf(highest))
            {
                return "a histogram line with slots out of order or range";
            }

            slots.Add(new HistogramSlot(slot, count));
        }

        return null;
    }

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);
}
