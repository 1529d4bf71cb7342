namespace VirtualBench.Protocol;

/// <summary>How a section of a transcript ended.</summary>
public enum SectionState
{
    /// <summary>Every line is there and the checksum agrees.</summary>
    Complete,

    /// <summary>The guest itself said that the probe failed, e.g. because its answer was wrong.</summary>
    Failed,

    /// <summary>The guest said that it cannot run the probe (no such instruction, no such system call).</summary>
    Unsupported,

    /// <summary>The section is broken: cut off, a line lost or damaged, or the guest's clock ran at another rate than the host's.</summary>
    Invalid,
}

/// <summary>One measurement line, e.g. <c>WorkloadActual   1: 1 op, 123.00 ns, 123.0000 ns/op</c>.</summary>
/// <param name="Stage">Mode and stage in BenchmarkDotNet's words: OverheadActual, WorkloadWarmup, WorkloadResult, ...</param>
/// <param name="Index">The iteration, from 1.</param>
/// <param name="Operations">How many operations the iteration ran.</param>
/// <param name="Nanoseconds">Time of all of them.</param>
public sealed record Measurement(string Stage, int Index, long Operations, double Nanoseconds)
{
    public double NanosecondsPerOperation => Nanoseconds / Operations;
}

/// <summary>A figure of the probe besides time per operation.</summary>
public sealed record Metric(string Name, double Value, string Unit);

/// <summary>One probe run once in one boot.</summary>
public sealed record Section
{
    public required string Probe { get; init; }

    /// <summary>The parameters that the guest says it used, by name; empty when there are none.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary><c>c</c> or <c>cs</c>.</summary>
    public required string Implementation { get; init; }

    /// <summary><c>x86_64</c> or <c>aarch64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>The clock that timed it (tsc, cntvct, clock_gettime) and its frequency in Hz.</summary>
    public required string Clock { get; init; }

    public required double ClockHz { get; init; }

    /// <summary>SHA-256 of the archive of engine and C probes that the guest was linked with.</summary>
    public required string Build { get; init; }

    public required SectionState State { get; init; }

    /// <summary>Why, when it is not <see cref="SectionState.Complete"/>; one line.</summary>
    public string? Reason { get; init; }

    public required IReadOnlyList<Measurement> Measurements { get; init; }

    public required IReadOnlyList<Metric> Metrics { get; init; }

    /// <summary>Distributions of every single value, by which boots can be merged.</summary>
    public IReadOnlyList<Histogram> Histograms { get; init; } = [];

    /// <summary>What the workload says of itself, e.g. the vector width that ran.</summary>
    public required IReadOnlyDictionary<string, string> Notes { get; init; }

    /// <summary>Where the section stands in the transcript's lines.</summary>
    public required Range Lines { get; init; }

    /// <summary>Both clocks at hello and checksum line; null when the section was not whole.</summary>
    public GuestClock? Clocks { get; init; }

    /// <summary>The iterations that count, ns per operation, overhead subtracted, in the order they ran.</summary>
    public IEnumerable<Measurement> Results => Measurements.Where(m => m.Stage == "WorkloadResult");
}
