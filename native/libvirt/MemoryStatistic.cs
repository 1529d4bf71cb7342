namespace VirtualBench.Libvirt;

/// <summary>
/// <c>virDomainMemoryStatTags</c>. KiB, but for the two counts of faults, the two of huge pages, and the time (s since 1970).
/// </summary>
public enum MemoryStatistic
{
    SwapIn = 0,
    SwapOut = 1,
    MajorFaults = 2,
    MinorFaults = 3,
    Unused = 4,
    Available = 5,
    ActualBalloon = 6,

    /// <summary>Resident set of the process that runs the guest.</summary>
    ResidentSet = 7,
    Usable = 8,
    LastUpdate = 9,
    DiskCaches = 10,
    HugePagesAllocated = 11,
    HugePagesFailed = 12,
}
