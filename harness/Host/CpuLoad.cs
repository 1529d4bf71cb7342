namespace VirtualBench.Host;

/// <summary>
/// Keeps CPUs busy, as other work on the host would, until disposed. Threads of this process at normal priority, which end with it however
/// it ends; the scheduler places them.
/// </summary>
internal sealed class CpuLoad : IDisposable
{
    private readonly List<Thread> _threads = [];
    private volatile bool _ended;

    /// <param name="cpus">How many CPUs' worth of work.</param>
    public CpuLoad(int cpus)
    {
        for (var i = 0; i < cpus; i++)
        {
            var thread = new Thread(Spin) { IsBackground = true, Name = "CPU load" };
            thread.Start();
            _threads.Add(thread);
        }
    }

    public void Dispose()
    {
        _ended = true;
        _threads.ForEach(t => t.Join());
    }

    private void Spin()
    {
        var random = new Plan.SplitMix64(1);
        while (!_ended)
        {
            random.Next();
        }
    }
}
