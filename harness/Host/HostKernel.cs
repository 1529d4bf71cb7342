namespace VirtualBench.Host;

/// <summary>The kernel that this process runs on.</summary>
internal static class HostKernel
{
    /// <summary>E.g. <c>Linux 6.18.44</c>.</summary>
    public static string Version() => "Linux " + File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
}
