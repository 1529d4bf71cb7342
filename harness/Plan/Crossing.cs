using VirtualBench.Networks;
using VirtualBench.Targets;

namespace VirtualBench.Plan;

/// <summary>Where the other end of the network probes runs.</summary>
public enum PeerPlace
{
    /// <summary>A process of the host.</summary>
    Host,

    /// <summary>A second guest of the same target.</summary>
    Guest,
}

/// <summary>What a probe needs besides a processor and memory; a target that is crossed with it runs those probes and no others.</summary>
public enum Need
{
    None,
    Network,
    Disk,
}

/// <summary>
/// Crosses targets with networks and disks. <c>qemu</c> with <c>bridge</c> is a target of its own, <c>qemu+bridge</c>, which runs the
/// net.* probes; the other probes run in <c>qemu</c> itself, which has neither, so that no link or disk costs them anything.
/// </summary>
public static class Crossing
{
    private const string DefaultNetwork = "bridge";

    /// <summary>What a probe needs.</summary>
    public static Need NeedOf(string probeId) =>
        probeId.StartsWith("net.", StringComparison.Ordinal) ? Need.Network
        : probeId.StartsWith("disk.", StringComparison.Ordinal) ? Need.Disk
        : Need.None;

    /// <summary>Whether a target runs a probe.</summary>
    public static bool Runs(PlannedTarget target, ProbeSpecification probe) => NeedOf(probe.Id) switch
    {
        // A packet generator runs no guest program, and no guest program is one.
        _ when probe.Id == ProbeCatalogue.SwitchRate != (target.Target.Engine == TestpmdTarget.EngineName) => false,
        Need.Network => target.Network is not null,
        Need.Disk => target.Disk is not null,
        _ => target is { Network: null, Disk: null },
    };

    /// <summary>The targets as they are and crossed, as far as the probes ask for it.</summary>
    /// <param name="networks">Names of networks; null: <c>bridge</c> where a probe needs one.</param>
    /// <param name="disks">Names of disks; null: where a probe needs one, what <paramref name="defaultDisks"/> has for a target.</param>
    /// <exception cref="PlanException">Networks or disks are named that no probe needs.</exception>
    public static IReadOnlyList<PlannedTarget> Cross(
        IReadOnlyList<PlannedTarget> targets, IReadOnlyList<ProbeSpecification> probes, IReadOnlyList<string>? networks,
        IReadOnlyList<string>? disks, Func<TargetName, IReadOnlyList<string>> defaultDisks)
    {
        var needs = probes.Select(p => NeedOf(p.Id)).ToHashSet();
        RequireProbe(networks, needs.Contains(Need.Network), "--networks", "net.*");
        RequireProbe(disks, needs.Contains(Need.Disk), "--disks", "disk.*");
        var crossed = new List<PlannedTarget>();
        foreach (var target in targets)
        {
            if (needs.Contains(Need.None))
            {
                crossed.Add(target);
            }

            if (needs.Contains(Need.Network))
            {
                crossed.AddRange((networks ?? [DefaultNetwork]).Select(n => target with { Id = $"{target.Id}+{n}", Network = n }));
            }

            if (needs.Contains(Need.Disk))
            {
                crossed.AddRange((disks ?? defaultDisks(target.Target)).Select(d => target with { Id = $"{target.Id}+{d}", Disk = d }));
            }
        }

        return [.. crossed.Where(target => probes.Any(probe => Runs(target, probe)))];
    }

    /// <summary>Reads a comma-separated list of names.</summary>
    /// <param name="whyUnknown">Why a name is none; null when it is one.</param>
    /// <param name="join">Puts names back together that have commas of their own; null: none has.</param>
    /// <exception cref="PlanException">One is none, or there is none.</exception>
    public static IReadOnlyList<string>? ReadNames(string? list, string what, Func<string, string?> whyUnknown,
        Func<IReadOnlyList<string>, IReadOnlyList<string>>? join = null)
    {
        if (list is null)
        {
            return null;
        }

        IReadOnlyList<string> pieces = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        IReadOnlyList<string> names = [.. (join is null ? pieces : join(pieces)).Distinct()];
        return names.Count == 0 ? throw new PlanException($"no {what} is named; `list {what}s` shows them")
            : names.Select(whyUnknown).FirstOrDefault(reason => reason is not null) is { } reason
                ? throw new PlanException($"{reason}; `list {what}s` shows them")
            : names;
    }

    /// <summary>Requires that each network that something was chosen of is there.</summary>
    /// <param name="options">By <c>NETWORK.NAME</c>.</param>
    /// <exception cref="PlanException">No target is crossed with one.</exception>
    public static void RequireUse(IReadOnlyDictionary<string, string>? options, IReadOnlyList<PlannedTarget> targets)
    {
        var used = targets.Select(t => t.Network).OfType<string>().Select(NetworkCatalogue.KindOf).ToHashSet();
        if ((options ?? new Dictionary<string, string>()).Keys.FirstOrDefault(key => !used.Contains(key.Split('.', 2)[0])) is { } idle)
        {
            throw new PlanException($"--network-option {idle}: no target is crossed with that network; name it with --networks");
        }
    }

    private static void RequireProbe(IReadOnlyList<string>? names, bool isNeeded, string option, string probes)
    {
        if (names is not null && !isNeeded)
        {
            throw new PlanException($"{option} without a probe that needs one: add {probes} to --probes");
        }
    }
}
