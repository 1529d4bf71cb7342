using VirtualBench.Targets;

namespace VirtualBench.Networks;

/// <summary>Huge pages that were added to the host's for a run. Disposing it gives them back.</summary>
internal sealed class HugePageReservation : IDisposable
{
    private readonly HostSetting _setting;
    private readonly string _runScratch;

    private HugePageReservation(HostSetting setting, string runScratch) => (_setting, _runScratch) = (setting, runScratch);

    /// <summary>Adds as many as hold so much, whatever the host has: those may be somebody else's.</summary>
    /// <exception cref="TargetException">The host has not so much memory in one piece each; none is kept.</exception>
    public static HugePageReservation Take(long bytes, string runScratch)
    {
        var size = PageBytes();
        var pages = (bytes + size - 1) / size;
        var taken = new HugePageReservation(
            HostSetting.Raise(HostSetting.HugePages, pages, runScratch), runScratch);
        var had = HostSetting.Read(HostSetting.HugePages) - taken._setting.Before;
        if (had < pages)
        {
            taken.Dispose();
            throw new TargetException(
                $"only {Math.Max(had, 0)} of {pages} huge pages of {size >> 10} KiB can be had: free memory, or do without (hugepages=no)");
        }

        return taken;
    }

    public void Dispose() => _setting.PutBack(_runScratch);

    private static long PageBytes()
    {
        const string field = "Hugepagesize:";
        var line = File.ReadLines("/proc/meminfo").FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal))
            ?? throw new TargetException("this kernel has no huge pages: do without (hugepages=no)");
        return long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(),
            System.Globalization.CultureInfo.InvariantCulture) << 10;
    }
}
