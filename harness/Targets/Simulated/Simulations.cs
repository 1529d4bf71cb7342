using System.Globalization;
using System.Text.Json;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Simulated;

/// <summary>The simulated machines that there are: those with a name, <c>sim:slow</c>, and the user's.</summary>
internal static class Simulations
{
    /// <summary>By variant; the empty one is <c>sim</c> itself where no file describes it.</summary>
    public static IReadOnlyDictionary<string, Simulation> Named { get; } = new Dictionary<string, Simulation>
    {
        [""] = new(),
        ["slow"] = new(Default: new SimulatedProbe(103)),
        ["noisy"] = Scattered(NoiseShape.Normal, 5),
        ["log-normal"] = Scattered(NoiseShape.LogNormal, 1),
        ["bimodal"] = Scattered(NoiseShape.Bimodal, 1),
        ["student"] = Scattered(NoiseShape.Student, 1),
        ["pareto"] = Scattered(NoiseShape.Pareto, 1),
        ["drift"] = new(DriftPercent: 20),
        ["step"] = new(Step: new LevelStep(0.5, 10)),
        ["flaky"] = new(Failures: new FailureRates(0.1, 0.1, 0.1)),
        ["hang"] = new(Failures: new FailureRates(Hang: 1)),
        ["garbage"] = new(Failures: new FailureRates(Garbage: 1)),
    };

    /// <exception cref="TargetException">It cannot be read, is none, or says what cannot be.</exception>
    public static Simulation Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var simulation = JsonSerializer.Deserialize(file, SimulationJson.Default.Simulation) ?? throw new JsonException("it is null");
            return Fault(simulation) is { } fault
                ? throw new TargetException($"the simulation {path} cannot be: {fault}")
                : simulation;
        }
        catch (JsonException e)
        {
            throw new TargetException($"the simulation {path} cannot be understood: {ErrorTail.Clean(e.Message)}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"the simulation {path} cannot be read: {e.Message}", e);
        }
    }

    private static Simulation Scattered(NoiseShape shape, double percent) =>
        new(Default: new SimulatedProbe(BetweenBoots: new Noise(shape, percent)));

    private static string? Fault(Simulation simulation)
    {
        var probes = (simulation.Probes?.Values ?? []).Append(simulation.Default).OfType<SimulatedProbe>().ToList();
        var noises = probes.SelectMany(p => new[] { p.BetweenBoots, p.WithinBoots }).OfType<Noise>();
        var failures = simulation.Failures ?? new FailureRates();
        double[] rates = [failures.Error, failures.Crash, failures.Garbage, failures.Hang];
        return Outside("nsPerOperation", probes.Select(p => p.NsPerOperation ?? 1), 0.001, 1e12)
            ?? Outside("percent", noises.Select(n => n.Percent), 0, 100)
            ?? Outside("failures", [.. rates, rates.Sum()], 0, 1)
            ?? Outside("driftPercent", [simulation.DriftPercent], -99, 10_000)
            ?? Outside("step.at", [simulation.Step?.At ?? 0], 0, 1)
            ?? Outside("step.percent", [simulation.Step?.Percent ?? 0], -99, 10_000)
            ?? Outside("slowdowns", simulation.Slowdowns?.Values ?? [], -99, 10_000)
            ?? Outside("delayMs", [simulation.DelayMs], 0, 3_600_000);
    }

    private static string? Outside(string what, IEnumerable<double> values, double least, double most)
    {
        foreach (var value in values.Where(v => !(v >= least && v <= most)))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{what} of {value} is not from {least} to {most}");
        }

        return null;
    }
}
