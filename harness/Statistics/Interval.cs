namespace VirtualBench.Statistics;

/// <summary>A closed interval, in the unit of what it bounds.</summary>
public readonly record struct Interval(double Low, double High)
{
    public bool Contains(double value) => Low <= value && value <= High;
}
