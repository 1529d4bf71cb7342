using System.Globalization;
using System.Text;
using VirtualBench.Plan;
using VirtualBench.Protocol;

namespace VirtualBench.Targets.Simulated;

/// <summary>
/// A guest program's output for a start that never was: lines of the real protocol, with counts and checksums, so that everything
/// downstream treats them as a guest's. Each section says that it is simulated.
/// </summary>
internal sealed class SimulatedGuest(Simulation simulation, string architecture, Launch launch, LaunchOrder order)
{
    private const int Operations = 1000;
    private readonly NoiseSource _noise = new((simulation.Seed ?? order.Seed) ^ Mix(order));
    private readonly StringBuilder _output = new();

    /// <summary>The failure that this start was dealt; null: none.</summary>
    public string? DrawFailure()
    {
        var draw = _noise.Uniform();
        var rates = simulation.Failures ?? new FailureRates();
        (string Name, double Rate)[] failures =
            [("error", rates.Error), ("crash", rates.Crash), ("garbage", rates.Garbage), ("hang", rates.Hang)];
        foreach (var (name, rate) in failures)
        {
            if (draw < rate)
            {
                return name;
            }

            draw -= rate;
        }

        return null;
    }

    /// <summary>Every line, from main to end.</summary>
    /// <param name="firstFails">The first probe says that its answer is wrong.</param>
    public string Speak(bool firstFails)
    {
        string[] specifications = [.. launch.Arguments.Where(a => !a.StartsWith("--", StringComparison.Ordinal))];
        _output.Append(CultureInfo.InvariantCulture,
            $"{LineGrammar.Main}version=1 impl={launch.Program.Implementation} arch={architecture} build={SimTarget.Build}\n");
        for (var i = 0; i < specifications.Length; i++)
        {
            Append(specifications[i], failed: i == 0 && firstFails);
        }

        var failed = firstFails && specifications.Length > 0 ? 1 : 0;
        _output.Append(CultureInfo.InvariantCulture, $"{LineGrammar.End}sections={specifications.Length} failed={failed}\n");
        return _output.ToString();
    }

    private void Append(string specification, bool failed)
    {
        var brace = specification.IndexOf('{', StringComparison.Ordinal);
        var id = brace < 0 ? specification : specification[..brace];
        var parameters = brace < 0 ? "-" : specification[(brace + 1)..^1];
        var section = new SectionWriter();
        section.Begin(
            id, parameters, $"impl={launch.Program.Implementation} arch={architecture} clock=simulated clockHz=1000000000 "
                + $"build={SimTarget.Build}", nowNs: 0);
        section.Line($"{LineGrammar.Note}{SectionNotes.Simulated}=yes");
        var slow = Option("--slow=", 0);
        if (slow > 0)
        {
            section.Line(FormattableString.Invariant($"{LineGrammar.Note}{SectionNotes.Slow}={slow}%"));
        }

        if (failed)
        {
            section.Line($"{LineGrammar.Error}wrong answer (simulated)");
        }
        else
        {
            Measure(section, id, 1 + (slow / 100));
        }

        section.End(isComplete: !failed, nowNs: 0);
        _output.Append(section.Take());
    }

    private void Measure(SectionWriter section, string probe, double slowdown)
    {
        var described = simulation.Of(probe);
        var ns = described.NsPerOperation!.Value * slowdown * _noise.Factor(described.BetweenBoots!)
            * simulation.Level((order.Position - 1.0) / order.Trials)
            * (1 + ((simulation.Slowdowns?.GetValueOrDefault(order.TargetId) ?? 0) / 100));
        var iterations = new double[(int)Option("--min=", 5)];
        for (var i = 0; i < iterations.Length; i++)
        {
            iterations[i] = ns * _noise.Factor(described.WithinBoots!);
        }

        foreach (var stage in (string[])["WorkloadActual", "WorkloadResult"])
        {
            for (var i = 0; i < iterations.Length; i++)
            {
                section.Iteration(stage, i + 1, Operations, iterations[i] * Operations);
            }
        }

        var figure = ProbeCatalogue.Find(probe)?.Figure;
        section.Line(figure?.MetricName is { } metric
            ? FormattableString.Invariant($"{LineGrammar.Metric}name={metric} value={BootOf(iterations):R} unit={figure.Unit}")
            : $"{LineGrammar.Metric}name=work value=1 unit={figure?.Work}");
    }

    private static double BootOf(double[] iterations) => iterations.Order().ElementAt(iterations.Length / 2);

    // Each start has numbers of its own, whatever ran before it: a resumed campaign goes on as if it had never stopped.
    private static ulong Mix(LaunchOrder order)
    {
        var mixed = new SplitMix64(((ulong)order.Position << 16) ^ (ulong)order.Attempt);
        return mixed.Next();
    }

    private double Option(string name, double fallback) =>
        launch.Arguments.FirstOrDefault(a => a.StartsWith(name, StringComparison.Ordinal)) is { } argument
            && LineGrammar.TryReadNumber(argument[name.Length..], out var value) ? value : fallback;
}
