using System.Text.Json.Serialization;

namespace VirtualBench.Targets.Simulated;

/// <summary>How figures scatter. Each is a distribution of the logarithm of a factor on the time per operation.</summary>
internal enum NoiseShape
{
    /// <summary>Normal, with the scale as its standard deviation.</summary>
    [JsonStringEnumMemberName("normal")]
    Normal,

    /// <summary>The scale times a standard log-normal: never faster than the base, with a long tail of slow values.</summary>
    [JsonStringEnumMemberName("log-normal")]
    LogNormal,

    /// <summary>Two humps eight scales apart, three of ten values in the slower, each with half a scale of normal noise.</summary>
    [JsonStringEnumMemberName("bimodal")]
    Bimodal,

    /// <summary>The scale times Student's t with three degrees of freedom: symmetric with heavy tails.</summary>
    [JsonStringEnumMemberName("student")]
    Student,

    /// <summary>The scale times (a Pareto variable of shape 2, less 1): most values near the base, a few far slower.</summary>
    [JsonStringEnumMemberName("pareto")]
    Pareto,
}

/// <param name="Percent">The scale, % of the base.</param>
internal sealed record Noise(NoiseShape Shape = NoiseShape.Normal, double Percent = 1);

/// <summary>What one probe takes.</summary>
/// <param name="NsPerOperation">Time for one operation, which does one unit of the probe's work.</param>
/// <param name="BetweenBoots">The same for all iterations of a boot.</param>
/// <param name="WithinBoots">Anew for each iteration.</param>
internal sealed record SimulatedProbe(double? NsPerOperation = null, Noise? BetweenBoots = null, Noise? WithinBoots = null);

/// <summary>A change of level that falls on every target: a neighbour of the machine begins to work.</summary>
/// <param name="At">When, as a share of the campaign's trials.</param>
/// <param name="Percent">How much more time everything takes from then on.</param>
internal sealed record LevelStep(double At = 0.5, double Percent = 0);

/// <summary>How often a start goes wrong, as probabilities.</summary>
/// <param name="Error">The first probe says that its answer is wrong.</param>
/// <param name="Crash">The guest program ends in the middle of its output.</param>
/// <param name="Garbage">Bytes that are no protocol.</param>
/// <param name="Hang">Nothing, until somebody ends it.</param>
internal sealed record FailureRates(double Error = 0, double Crash = 0, double Garbage = 0, double Hang = 0);

/// <summary>The machine that the target <c>sim</c> pretends to be: what <c>--image sim=FILE</c> holds.</summary>
/// <param name="Seed">Seed of the figures; null: the run's, so that the same run gives the same figures.</param>
/// <param name="Default">What every probe takes that is not named.</param>
/// <param name="Probes">By the probe's name; what one does not say is as the default.</param>
/// <param name="DriftPercent">How much more time everything takes at the end of a campaign than at its beginning, in equal steps.</param>
/// <param name="Slowdowns">By the target's name in the run (<c>b</c> of <c>b=sim</c>): how much more time it takes, %.</param>
/// <param name="DelayMs">How long each start really waits.</param>
internal sealed record Simulation(
    ulong? Seed = null, SimulatedProbe? Default = null, IReadOnlyDictionary<string, SimulatedProbe>? Probes = null, double DriftPercent = 0,
    LevelStep? Step = null, IReadOnlyDictionary<string, double>? Slowdowns = null, FailureRates? Failures = null, int DelayMs = 0)
{
    private static readonly SimulatedProbe Base = new(100, new Noise(), new Noise(NoiseShape.Normal, 0.5));

    /// <summary>A probe with all that is said of it.</summary>
    public SimulatedProbe Of(string probe)
    {
        var own = Probes?.GetValueOrDefault(probe);
        return new SimulatedProbe(
            own?.NsPerOperation ?? Default?.NsPerOperation ?? Base.NsPerOperation,
            own?.BetweenBoots ?? Default?.BetweenBoots ?? Base.BetweenBoots,
            own?.WithinBoots ?? Default?.WithinBoots ?? Base.WithinBoots);
    }

    /// <summary>What everything takes at a point of the campaign, as a factor.</summary>
    /// <param name="progress">The share of the trials that came before.</param>
    public double Level(double progress) =>
        (1 + (DriftPercent / 100 * progress)) * (Step is not null && progress >= Step.At ? 1 + (Step.Percent / 100) : 1);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, ReadCommentHandling = System.Text.Json.JsonCommentHandling.Skip,
    AllowTrailingCommas = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Simulation))]
internal sealed partial class SimulationJson : JsonSerializerContext;
