using VirtualBench.Guests;
using VirtualBench.Networks;
using VirtualBench.Plan;
using VirtualBench.Targets;

namespace VirtualBench.Campaign;

/// <summary>The targets that a run asked for, each tried and, when usable, prepared. Disposing it ends what they hold.</summary>
internal sealed class TargetRoster : IAsyncDisposable
{
    private readonly Dictionary<TargetName, ITarget> _opened = [];
    private readonly Dictionary<string, ITarget> _usable = [];
    private readonly List<RecordedTarget> _recorded = [];

    private TargetRoster()
    {
    }

    /// <summary>Usable targets by their name in the run.</summary>
    public IReadOnlyDictionary<string, ITarget> Usable => _usable;

    /// <summary>Every target that was asked for, with what was found.</summary>
    public IReadOnlyList<RecordedTarget> Recorded => _recorded;

    /// <summary>Those of the targets asked for that are usable, each with what it refuses.</summary>
    public IReadOnlyList<PlannedTarget> Planned(IReadOnlyList<PlannedTarget> asked) =>
    [
        .. from target in asked
           join recorded in _recorded on target.Id equals recorded.Id
           where recorded.Availability.Usable
           select target with { Refused = recorded.Refusals is { } refusals ? [.. refusals.Keys] : null },
    ];

    /// <summary>Tries and prepares each target. One that cannot be used is recorded with the reason.</summary>
    /// <param name="named">The user named them: those that only run on request are wanted.</param>
    /// <param name="programs">The guest program of an implementation for an architecture; null when it was not built.</param>
    /// <param name="surroundings">What targets are crossed with.</param>
    public static async Task<TargetRoster> OpenAsync(
        IReadOnlyList<PlannedTarget> asked, bool named, Func<TargetName, ITarget> create, IReadOnlyList<string> implementations,
        Func<string, GuestArchitecture, GuestProgram?> programs, Surroundings surroundings, Action<string> say,
        CancellationToken cancellation)
    {
        var roster = new TargetRoster();
        try
        {
            var found = new Dictionary<TargetName, Availability>();
            foreach (var planned in asked)
            {
                if (!roster._opened.TryGetValue(planned.Target, out var target))
                {
                    roster._opened[planned.Target] = target = create(planned.Target);
                }

                // An impossible pair is refused before the engine is tried for it.
                var refusal = surroundings.WhyNot(planned, target);
                if (refusal is null && !found.ContainsKey(planned.Target))
                {
                    found[planned.Target] = await OpenAsync(target, named, implementations, programs, cancellation).ConfigureAwait(false);
                }

                var availability = refusal ?? found[planned.Target];
                var refusals = Refusals(target, implementations);
                var isolation = planned.Network is { } place && NetworkCatalogue.IsHosts(place)
                    ? target.Isolation.Without(IsolationLayers.Net)
                    : target.Isolation;
                roster._recorded.Add(new RecordedTarget(
                    planned.Id, planned.Target, isolation.ToString(), target.Acceleration, availability,
                    refusals.Count > 0 ? refusals : null, planned.Network, planned.Disk));
                if (availability.Usable)
                {
                    roster._usable[planned.Id] = target;
                }
                else if (asked.Count > 1)
                {
                    // Of a single one the refusal to begin says the same.
                    say($"{planned.Id} is not used: {availability.Reason}{(availability.Remedy is { } remedy ? $" (try: {remedy})" : "")}");
                }
            }
        }
        catch
        {
            await roster.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return roster;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var target in _opened.Values)
        {
            await target.DisposeAsync().ConfigureAwait(false);
        }

        _opened.Clear();
    }

    /// <summary>By implementation: why the target cannot run its guest program.</summary>
    private static Dictionary<string, string> Refusals(ITarget target, IReadOnlyList<string> implementations) =>
        implementations.Select(i => (Implementation: i, Reason: target.WhyNot(i))).Where(r => r.Reason is not null)
            .ToDictionary(r => r.Implementation, r => r.Reason!);

    private static async Task<Availability> OpenAsync(
        ITarget target, bool named, IReadOnlyList<string> implementations, Func<string, GuestArchitecture, GuestProgram?> programs,
        CancellationToken cancellation)
    {
        var availability = await target.TryAsync(cancellation).ConfigureAwait(false);
        if (!availability.Usable)
        {
            return availability;
        }

        if (availability.OnRequest && !named)
        {
            return availability with { Usable = false, Remedy = $"--targets {target.Name}" };
        }

        var refusals = Refusals(target, implementations);
        if (refusals.Count == implementations.Count)
        {
            return availability with { Usable = false, Reason = refusals.Values.First() };
        }

        var built = new List<GuestProgram>();
        foreach (var implementation in implementations.Where(i => !refusals.ContainsKey(i)))
        {
            if (programs(implementation, target.Name.Architecture) is not { } program)
            {
                return availability with
                {
                    Usable = false,
                    Reason = $"the guest program vbprobe-{implementation} for "
                        + $"{TargetName.ArchitectureName(target.Name.Architecture)} has not been built",
                    Remedy = target.Name.IsForeign ? "./build.sh cross" : "./build.sh build",
                };
            }

            built.Add(program);
        }

        try
        {
            await target.PrepareAsync(built, cancellation).ConfigureAwait(false);
            return availability;
        }
        catch (TargetException e)
        {
            return availability with { Usable = false, Reason = e.Message };
        }
    }
}
