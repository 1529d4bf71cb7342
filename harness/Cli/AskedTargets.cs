using VirtualBench.Campaign;
using VirtualBench.Disks;
using VirtualBench.Host;
using VirtualBench.Networks;
using VirtualBench.Plan;
using VirtualBench.Targets;
using VirtualBench.Targets.Described;

namespace VirtualBench.Cli;

/// <summary>Which targets a request means, and what they are made of. Nothing is started.</summary>
internal static class AskedTargets
{
    /// <summary>What targets are made with.</summary>
    /// <param name="targets">Those that it will be; empty when none is started.</param>
    public static TargetSession Session(EngineChoices engines, string scratch, IReadOnlyList<TargetName> targets) =>
        new(Enclosure.Session, scratch, BuildOutput.HostHelper("vbenclose"),
            BuildOutput.FindProgram, engines.LibvirtUri, engines.Kernels, engines.Images)
        {
            ContainerRuntimes = [.. targets.Where(t => t.Engine == "docker").Select(t => t.Variant).OfType<string>().Distinct()],
        };

    /// <summary>Every engine: ours, and those that the user describes.</summary>
    /// <exception cref="PlanException">A description is wrong, or an image is named that no engine takes.</exception>
    public static TargetCatalogue Catalogue(EngineChoices? engines)
    {
        try
        {
            var catalogue = DescribedEngines.AddTo(TargetCatalogue.Standard, engines?.EngineFiles ?? []);
            return (engines?.Images.Keys ?? []).Select(catalogue.WhyUnknownImage).FirstOrDefault(reason => reason is not null) is { } reason
                ? throw new PlanException(reason + "; `list targets` shows what they are")
                : catalogue;
        }
        catch (TargetException e)
        {
            throw new PlanException(e.Message, e);
        }
    }

    /// <summary>The targets of a request, crossed with its networks and disks.</summary>
    /// <param name="named">Whether the user named them.</param>
    public static IReadOnlyList<PlannedTarget> Read(RunRequest request, TargetCatalogue catalogue, out bool named)
    {
        named = request.Targets is not null;
        var preset = PlanBuilder.PresetOf(request);
        var targets = PlanBuilder.ReadTargets(
            request.Targets ?? preset.Targets ?? string.Join(',', catalogue.Names), catalogue.WhyUnknown);
        var session = Session(request.Engines ?? EngineChoices.None, Path.GetTempPath(), []);
        var crossed = Crossing.Cross(
            [.. targets.Select(t => request.Slowdowns?.TryGetValue(t.Id, out var slow) == true ? t with { SlowdownPercent = slow } : t)],
            PlanBuilder.Probes(request),
            Crossing.ReadNames(request.Networks ?? preset.Networks, "network", NetworkCatalogue.WhyUnknown),
            Crossing.ReadNames(request.Disks, "disk", DiskCatalogue.WhyUnknown, DiskCatalogue.Join),
            name => DiskCatalogue.DefaultFor(name, catalogue.Create(name, session).Disks));
        Crossing.RequireUse(request.NetworkOptions, crossed);
        return crossed;
    }

    /// <summary>By target: why it cannot have what it is crossed with, whatever is installed.</summary>
    public static Dictionary<string, string> WhyImpossible(
        IReadOnlyList<PlannedTarget> asked, RunRequest request, TargetCatalogue catalogue)
    {
        var session = Session(request.Engines ?? EngineChoices.None, Path.GetTempPath(), []);
        return asked.Select(planned => (planned.Id, Reason: Surroundings.WhyImpossible(planned, catalogue.Create(planned.Target, session))))
            .Where(t => t.Reason is not null).ToDictionary(t => t.Id, t => t.Reason!);
    }

    /// <summary>As a run would plan them; nothing is started.</summary>
    public static IReadOnlyList<PlannedTarget> WithRefusals(
        IReadOnlyList<PlannedTarget> targets, RunRequest request, TargetCatalogue catalogue)
    {
        var session = Session(request.Engines ?? EngineChoices.None, Path.GetTempPath(), []);
        return
        [
            .. targets.Select(planned => (planned, target: catalogue.Create(planned.Target, session)))
                .Select(p => p.planned with { Refused = [.. PlanBuilder.Implementations.Where(i => p.target.WhyNot(i) is not null)] }),
        ];
    }
}
