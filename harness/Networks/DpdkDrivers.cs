using System.Runtime.InteropServices;

namespace VirtualBench.Networks;

/// <summary>DPDK's drivers where each is a library of its own, as Debian has them.</summary>
internal static class DpdkDrivers
{
    /// <summary>Why DPDK lacks a driver, one line; null when it has all, or has them within itself.</summary>
    /// <param name="names">E.g. <c>net_af_packet</c>, whose package is librte-net-af-packet23.</param>
    public static string? WhyMissing(params IEnumerable<string> names) => WhyMissing(Directories(), names);

    internal static string? WhyMissing(IReadOnlyList<string> directories, IEnumerable<string> names) => directories.Count == 0 ? null
        : names.FirstOrDefault(name => !directories.Any(d => Directory.EnumerateFiles(d, $"librte_{name}.so*").Any())) is { } missing
            ? $"DPDK's driver {missing} is not installed" : null;

    // E.g. /usr/lib/x86_64-linux-gnu/dpdk/pmds-23.0
    private static IReadOnlyList<string> Directories()
    {
        var architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64";
        var dpdk = $"/usr/lib/{architecture}-linux-gnu/dpdk";
        return Directory.Exists(dpdk) ? [.. Directory.EnumerateDirectories(dpdk, "pmds-*")] : [];
    }
}
