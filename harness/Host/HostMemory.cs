using System.Globalization;

namespace VirtualBench.Host;

/// <summary>The host's memory, as <c>/proc/meminfo</c> has it.</summary>
internal static class HostMemory
{
    /// <summary>What can be had without swapping; null when the kernel does not say.</summary>
    public static long? AvailableBytes() => Read("MemAvailable:");

    /// <summary>Of a huge page of the default size; null when the kernel has none.</summary>
    public static long? HugePageBytes() => Read("Hugepagesize:");

    private static long? Read(string field) =>
        File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal)) is { } found
            ? long.Parse(
                found[field.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.Integer, CultureInfo.InvariantCulture) << 10
            : null;
}
