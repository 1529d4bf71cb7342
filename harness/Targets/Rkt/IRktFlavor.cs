using VirtualBench.Targets.Interop;

namespace VirtualBench.Targets.Rkt;

/// <summary>What one flavor's start of a pod takes.</summary>
/// <param name="Enclosure">Options of vbenclose, which rkt is started through.</param>
/// <param name="SearchPath">rkt's PATH.</param>
/// <param name="PodOptions">Options of <c>rkt run</c> before the image.</param>
/// <param name="AppOptions">Options of <c>rkt run</c> behind the image, which they are for.</param>
internal sealed record RktStart(
    IReadOnlyList<string> Enclosure, string SearchPath, IReadOnlyList<string> PodOptions, IReadOnlyList<string> AppOptions);

/// <summary>What depends on the stage 1.</summary>
internal interface IRktFlavor
{
    /// <summary>As the stage 1 names itself: <c>fly</c>, <c>host</c>.</summary>
    string Name { get; }

    /// <summary>What <c>--image</c> calls its stage 1.</summary>
    string Stage1ImageName { get; }

    Isolation Isolation { get; }

    /// <summary>How long trying it may take; null: as long as most engines.</summary>
    TimeSpan? TrialLimit { get; }

    /// <summary>Why it runs only when it is named; null when it need not be.</summary>
    string? WhyOnRequest { get; }

    /// <summary>What of the host it lacks; null when it lacks nothing.</summary>
    Availability? WhyNot();

    /// <summary>Makes what all starts share, in a directory of the target's own.</summary>
    void Prepare(string directory);

    /// <summary>Makes what one start takes of the host.</summary>
    RktStart Begin(Launch launch);

    /// <summary>Undoes <see cref="Begin"/>; everything in the pod has ended.</summary>
    void Release(Launch launch);

    /// <summary>The guest writes to a terminal, and not straight to us.</summary>
    bool OnTerminal { get; }

    /// <summary>How the guest ended.</summary>
    /// <param name="said">The last line on standard error that is not one of rkt's own at each start.</param>
    InstanceEnd EndOf(ProcessEnd end, string? said);
}
