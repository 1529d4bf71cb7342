using System.Text.RegularExpressions;
using VirtualBench.Targets;

namespace VirtualBench.Plan;

/// <summary>Makes a plan of what the user asked for. Whatever is wrong with it is a <see cref="PlanException"/>.</summary>
public static partial class PlanBuilder
{
    /// <summary>More boots than this is a slip of the finger: a year of quick runs.</summary>
    private const int MostBoots = 10_000;

    /// <summary>With --precision and no --max-boots: so many times the boots.</summary>
    private const int DefaultGrowth = 3;

    // SignedRank.FewestPairs; plans know nothing of statistics.
    private const int FewestForInterval = 6;

    /// <summary>What a guest program can be written in.</summary>
    public static IReadOnlyList<string> Implementations { get; } = ["c", "cs"];

    /// <summary>The preset, or an exception that names those that there are.</summary>
    public static Preset PresetOf(RunRequest request) => Presets.Find(request.Preset)
        ?? throw new PlanException($"unknown preset '{request.Preset}'; there are {string.Join(", ", Presets.All.Select(p => p.Name))}");

    /// <summary>
    /// Reads a list of targets. Each gets its own name, or the one before <c>=</c>; two of the same name are refused, since their figures
    /// could not be told apart.
    /// </summary>
    /// <param name="isKnown">Whether an engine and variant exist; returns the reason when not.</param>
    public static IReadOnlyList<PlannedTarget> ReadTargets(string list, Func<TargetName, string?> isKnown)
    {
        var targets = new List<PlannedTarget>();
        foreach (var item in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = item.IndexOf('=', StringComparison.Ordinal);
            var text = item[(equals + 1)..];
            if (!TargetName.TryParse(text, out var name))
            {
                throw new PlanException(
                    $"'{text}' is no target: write ENGINE[:VARIANT][@x64|@arm64], e.g. docker:crun or qemu@arm64; "
                        + "`list targets` shows them");
            }

            if (isKnown(name) is { } reason)
            {
                throw new PlanException(reason);
            }

            var id = equals < 0 ? name.ToString() : item[..equals];
            if (!Identifier().IsMatch(id))
            {
                throw new PlanException($"'{id}' cannot name a target: letters, digits and . _ : @ - only, at most 40");
            }

            if (targets.Any(t => t.Id == id))
            {
                throw new PlanException($"two targets are called '{id}'; give one another name, e.g. b={text}");
            }

            targets.Add(new PlannedTarget(id, name));
        }

        return targets.Count > 0 ? targets : throw new PlanException("no target is named; `list targets` shows them");
    }

    /// <summary>The probes that the request selects, in order.</summary>
    public static IReadOnlyList<ProbeSpecification> Probes(RunRequest request)
    {
        IReadOnlyList<ProbeSpecification> preset =
            [.. PresetOf(request).Probes.Select(
                p => ProbeSelection.TryParse(p, out var probe, out var error) ? probe : throw new PlanException(error))];
        return request.Probes is { } globs ? ProbeSelection.Select(globs, preset) : preset;
    }

    /// <summary>The whole plan for targets that are known to be usable.</summary>
    /// <param name="seed">The seed of the order, recorded in the plan.</param>
    /// <param name="allowedCpus">The host's processors that this process may use.</param>
    public static CampaignPlan Build(RunRequest request, IReadOnlyList<PlannedTarget> targets, ulong seed, IReadOnlyList<int> allowedCpus)
    {
        var preset = PresetOf(request);
        var boots = request.Boots ?? preset.Boots;
        if (boots is < 1 or > MostBoots)
        {
            throw new PlanException($"--boots {boots} is not between 1 and {MostBoots}");
        }

        if (request.MarginPercent is not (> 0 and <= 100))
        {
            throw new PlanException($"--margin {request.MarginPercent} is not a percentage above 0 and up to 100");
        }

        var goal = ReadPrecision(request, boots);
        var planned = goal?.MostBoots ?? boots;
        var probes = Probes(request);
        var implementations = request.Implementations is { } list ? ReadImplementations(list) : preset.Implementations;
        var trials = BlockOrder.Make(seed, planned, targets, implementations, probes, request.Order);
        if (trials.Count == 0)
        {
            throw new PlanException(
                $"none of the probes has an implementation in {string.Join(", ", implementations)}; `list probes` shows which have");
        }

        return new CampaignPlan(
            preset.Name, seed, planned, request.MarginPercent, targets, implementations, probes, request.Engine ?? preset.Engine,
            ChooseResources(request, allowedCpus), trials, request.Engines, request.Peer, goal, request.Order, request.DiskDirectory,
            request.NetworkOptions);
    }

    private static PrecisionGoal? ReadPrecision(RunRequest request, int boots)
    {
        if (request.PrecisionPercent is not { } percent)
        {
            return request.MostBoots is null ? null
                : throw new PlanException("--max-boots limits what --precision adds; give that too, or --boots alone");
        }

        if (percent is not (> 0 and <= 100))
        {
            throw new PlanException($"--precision {percent} is not a percentage above 0 and up to 100");
        }

        if (boots < FewestForInterval)
        {
            throw new PlanException($"--precision needs intervals, which take {FewestForInterval} boots; --boots says {boots}");
        }

        var most = request.MostBoots ?? Math.Min(MostBoots, DefaultGrowth * boots);
        return most < boots || most > MostBoots
            ? throw new PlanException($"--max-boots {most} is not between --boots {boots} and {MostBoots}")
            : new PrecisionGoal(percent, boots, most);
    }

    /// <summary>What each guest gets of the host.</summary>
    public static Resources ChooseResources(RunRequest request, IReadOnlyList<int> allowedCpus)
    {
        if (request.VirtualCpus < 1 || request.VirtualCpus > Math.Max(1, allowedCpus.Count))
        {
            throw new PlanException(
                $"--vcpus {request.VirtualCpus} is not between 1 and the {allowedCpus.Count} CPUs that this process may use");
        }

        if (request.MemoryBytes < 64L << 20)
        {
            throw new PlanException("--memory below 64M starts no guest; the default is 1G");
        }

        if (request.Cpus?.Except(allowedCpus).ToList() is { Count: > 0 } foreign)
        {
            throw new PlanException(
                $"--cpus names CPU {foreign[0]}, which this process may not use (allowed: {string.Join(',', allowedCpus)})");
        }

        // By default the last ones: the first takes most of a host's interrupts, and the harness stays there.
        return new Resources(request.VirtualCpus, request.MemoryBytes, request.Cpus ?? [.. allowedCpus.TakeLast(request.VirtualCpus)]);
    }

    private static IReadOnlyList<string> ReadImplementations(string list)
    {
        IReadOnlyList<string> chosen =
            [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];
        return chosen.Count > 0 && chosen.All(Implementations.Contains) ? chosen
            : throw new PlanException($"'{list}' names no implementation: there are c and cs");
    }

    [GeneratedRegex(@"^[A-Za-z0-9._:@-]{1,40}$", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}
