using VirtualBench.Host;
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
        var size = HostMemory.HugePageBytes() ?? throw new TargetException("this kernel has no huge pages: do without (hugepages=no)");
        var pages = (bytes + size - 1) / size;
        if (HostMemory.AvailableBytes() is { } available && available < pages * size)
        {
            // Asked for more than there is, the kernel takes what there is from everybody.
            throw new TargetException(
                $"{pages} huge pages of {size >> 10} KiB do not fit into the {available >> 20} MiB that the host has left");
        }

        var taken = new HugePageReservation(HostSetting.Raise(HostSetting.HugePages, pages, runScratch), runScratch);
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
}
