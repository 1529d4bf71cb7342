namespace VirtualBench.Protocol;

/// <summary>How often values of one slot occurred.</summary>
/// <param name="Slot">Its place in the layout that <see cref="Histogram"/> describes.</param>
/// <param name="Count">At least 1.</param>
public readonly record struct HistogramSlot(int Slot, long Count);

/// <summary>
/// A distribution of every single value that a probe took, with three significant digits, in HdrHistogram's layout: slot i below
/// <see cref="Exact"/> is the value i; then each power of two has <see cref="Steps"/> slots. Only slots that are not empty are kept: a
/// campaign has thousands of these.
/// </summary>
/// <param name="Name">What was timed: <c>rtt</c>, <c>connection</c>, <c>gap</c>.</param>
/// <param name="Unit">Of the values: <c>ns</c>.</param>
/// <param name="Highest">The greatest value, exactly.</param>
/// <param name="Slots">In order; not empty.</param>
public sealed record Histogram(string Name, string Unit, long Highest, IReadOnlyList<HistogramSlot> Slots)
{
    /// <summary>Values below this have a slot of their own.</summary>
    public const int Exact = 2048;

    /// <summary>Slots of each power of two from <see cref="Exact"/> on.</summary>
    public const int Steps = 1024;

    /// <summary>Of all slots; the last one also holds what is greater (2^37 ns and more).</summary>
    public const int SlotCount = Exact + (26 * Steps);

    /// <summary>How many values there are.</summary>
    public long Count { get; } = Slots.Sum(s => s.Count);

    /// <summary>The greatest value that belongs to a slot.</summary>
    public static long Top(int slot)
    {
        if (slot < Exact)
        {
            return slot;
        }

        var (doubling, step) = Math.DivRem(slot - Exact, Steps);
        return ((long)(step + Steps + 1) << (doubling + 1)) - 1;
    }

    /// <summary>The slot of a value, which is not negative.</summary>
    public static int SlotOf(long value)
    {
        if (value < Exact)
        {
            return (int)value;
        }

        var doubling = long.Log2(value) - long.Log2(Exact);
        return (int)Math.Min(SlotCount - 1, Exact + (doubling * Steps) + (value >> (int)(doubling + 1)) - Steps);
    }

    /// <summary>
    /// The least value such that at least <paramref name="percent"/> of all are no greater, to three digits: the top of its slot.
    /// </summary>
    public long Percentile(double percent)
    {
        var wanted = Math.Max(1, Math.Ceiling(percent / 100 * Count));
        var seen = 0L;
        foreach (var (slot, count) in Slots)
        {
            seen += count;
            if (seen >= wanted)
            {
                return Math.Min(Top(slot), Highest);
            }
        }

        return Highest;
    }

    /// <summary>The values of both, e.g. of two boots.</summary>
    /// <exception cref="ArgumentException">They are not of the same thing.</exception>
    public Histogram Merge(Histogram other)
    {
        if (other.Name != Name || other.Unit != Unit)
        {
            throw new ArgumentException($"a histogram of {Name} in {Unit} does not go together with one of {other.Name} in {other.Unit}");
        }

        var slots = Slots.Concat(other.Slots).GroupBy(s => s.Slot, (slot, same) => new HistogramSlot(slot, same.Sum(s => s.Count)));
        return new Histogram(Name, Unit, Math.Max(Highest, other.Highest), [.. slots.OrderBy(s => s.Slot)]);
    }
}
