namespace VirtualBench.Protocol;

/// <summary>All that one boot printed, read and checked.</summary>
/// <param name="Lines">Every line, including those before the guest program's first.</param>
/// <param name="MainNs">Host time (ns, monotonic) of the guest program's first line; null when it never came.</param>
/// <param name="Sections">One for each probe that began.</param>
/// <param name="EndNs">Host time of the guest program's closing line; null when it never came.</param>
/// <param name="Fault">Why the transcript as a whole cannot be trusted; null when it can.</param>
public sealed record Transcript(
    IReadOnlyList<ConsoleLine> Lines, long? MainNs, IReadOnlyList<Section> Sections, long? EndNs, string? Fault)
{
    /// <summary>Whether the closing line came.</summary>
    public bool Ended => EndNs is not null;
}
