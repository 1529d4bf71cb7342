namespace VirtualBench.Campaign;

/// <summary>What the harness measures itself, on its own monotonic clock: the life of an instance from the outside.</summary>
internal static class HostFigure
{
    /// <summary>The figure of a <c>life.</c> probe in ns; null when the start did not come so far.</summary>
    /// <param name="probe"><c>life.boot</c>: from the request to the first byte that the guest program's main wrote. <c>life.exit</c>: from
    /// its last line to the release of everything that was there for the instance.</param>
    public static long? Of(string probe, TrialRecord record) => probe switch
    {
        "life.boot" => record.Times.MainNs - record.Times.RequestNs,
        "life.exit" => record.Times.ReleasedNs - record.Transcript?.EndNs,
        _ => throw new ArgumentException($"{probe} is not measured by the host"),
    };
}
