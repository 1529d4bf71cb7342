using VirtualBench.Targets;

namespace VirtualBench.Campaign;

/// <summary>The networks, or the disks, that a run's targets are crossed with, each opened once. Disposing it closes them.</summary>
/// <param name="what">What they are: <c>network</c>.</param>
internal sealed class BackEndRoster<TBackEnd>(string what) : IAsyncDisposable
    where TBackEnd : IBackEnd
{
    private readonly Dictionary<string, (TBackEnd BackEnd, Availability Availability)> _all = [];

    /// <summary>Those that are open.</summary>
    public IReadOnlyDictionary<string, TBackEnd> Open =>
        _all.Where(n => n.Value.Availability.Usable).ToDictionary(n => n.Key, n => n.Value.BackEnd);

    public IReadOnlyList<RecordedBackEnd> Recorded =>
    [
        .. _all.Values.Where(n => n.Availability.Usable)
            .Select(n => new RecordedBackEnd(n.BackEnd.Name, n.Availability.Version, n.BackEnd.Settings)),
    ];

    /// <summary>Looks for each that the targets name and opens it. One that cannot be used stays closed, with the reason.</summary>
    public static async Task<BackEndRoster<TBackEnd>> OpenAsync(
        string what, IEnumerable<string?> names, Func<string, TBackEnd> create, CancellationToken cancellation)
    {
        var roster = new BackEndRoster<TBackEnd>(what);
        try
        {
            foreach (var name in names.OfType<string>().Distinct())
            {
                var backEnd = create(name);
                roster._all[name] = (backEnd, new Availability(false, null));
                roster._all[name] = (backEnd, await backEnd.TryOpenAsync(cancellation).ConfigureAwait(false));
            }
        }
        catch
        {
            await roster.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return roster;
    }

    /// <summary>Why one cannot be used here; null when it can.</summary>
    /// <param name="impossible">Why it cannot be used with a target, whatever is installed; null when it can.</param>
    public Availability? WhyNot(string name, string? impossible) =>
        impossible is not null ? new Availability(false, null, impossible, Impossible: true)
        : _all[name].Availability is { Usable: false } closed ? closed with { Reason = $"{what} {name}: {closed.Reason}" }
        : null;

    public async ValueTask DisposeAsync()
    {
        foreach (var (backEnd, _) in _all.Values)
        {
            await backEnd.DisposeAsync().ConfigureAwait(false);
        }

        _all.Clear();
    }
}
