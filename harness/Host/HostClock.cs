using System.Diagnostics;

namespace VirtualBench.Host;

/// <summary>The clock by which everything that a guest prints is stamped.</summary>
internal static class HostClock
{
    /// <summary>CLOCK_MONOTONIC in ns; Stopwatch reads it on Linux, with a frequency of 10^9.</summary>
    public static long NowNs() => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
}
