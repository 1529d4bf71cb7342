using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Characteristics;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.ConsoleArguments;
using BenchmarkDotNet.ConsoleArguments.ListBenchmarks;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using VirtualBench.Plan;

namespace VirtualBench.Toolchain;

/// <summary>BenchmarkSwitcher arguments, read by BenchmarkDotNet's own parser.</summary>
/// <param name="Arguments">As BenchmarkSwitcher takes them.</param>
/// <param name="Config">What they ask of BenchmarkDotNet; its jobs change the campaign's settings.</param>
/// <param name="Lists">They only ask for a listing.</param>
internal sealed record BdnArguments(string[] Arguments, IConfig Config, bool Lists)
{
    /// <summary>Reads them. False, with one line or BenchmarkDotNet's help text, when there is nothing to run.</summary>
    public static bool TryRead(IReadOnlyList<string> arguments, [NotNullWhen(true)] out BdnArguments? read, out string message)
    {
        read = null;
        var expanded = ExpandFilters(arguments);
        var log = new AccumulationLogger();
        var (success, config, options) = ConfigParser.Parse(expanded, log, ManualConfig.CreateEmpty());
        message = log.GetLog().Trim();
        if (!success)
        {
            return false;
        }

        message = Objection(config, options) ?? "";
        if (message.Length > 0)
        {
            return false;
        }

        read = new BdnArguments(expanded, config, options.ListBenchmarkCaseMode != ListBenchmarkCaseMode.Disabled);
        return true;
    }

    /// <summary>The probes, with their default parameters, and the settings that the arguments select.</summary>
    public BdnSelection Select()
    {
        var settings = ImmutableConfigBuilder.Create(Config);
        var filters = Config.GetFilters().ToList();
        var selected =
            (from probe in ProbeCatalogue.All
             let specification = new ProbeSpecification(probe.Id, [])
             from implementation in probe.Implementations
             let benchmark = RecordedBenchmarks.Case(specification, implementation, Job.Default, settings)
             where filters.TrueForAll(f => f.Predicate(benchmark))
             select (Probe: specification, Implementation: implementation)).ToList();
        var run = new Job();
        foreach (var job in Config.GetJobs())
        {
            run.Apply(job);
        }

        int? Count(Characteristic characteristic, Func<RunMode, int> value) => run.HasValue(characteristic) ? value(run.Run) : null;
        var iterations = Count(RunMode.IterationCountCharacteristic, r => r.IterationCount);
        return new BdnSelection(
            [.. selected.Select(s => s.Probe).Distinct()],
            [.. selected.Select(s => s.Implementation).Distinct()],
            Count(RunMode.LaunchCountCharacteristic, r => r.LaunchCount),
            Count(RunMode.IterationTimeCharacteristic, r => (int)Math.Max(1, Math.Round(r.IterationTime.ToMilliseconds()))),
            Count(RunMode.WarmupCountCharacteristic, r => r.WarmupCount),
            iterations ?? Count(RunMode.MinIterationCountCharacteristic, r => r.MinIterationCount),
            iterations ?? Count(RunMode.MaxIterationCountCharacteristic, r => r.MaxIterationCount));
    }

    // What only makes sense for a .NET process that BenchmarkDotNet itself builds and starts is refused, not ignored.
    private static string? Objection(IConfig config, CommandLineOptions options) =>
        config.GetJobs().Any(j =>
            j.Infrastructure.HasValue(InfrastructureMode.ToolchainCharacteristic)
            || j.Environment.HasValue(EnvironmentMode.RuntimeCharacteristic))
            ? "the guest programs are built already: --runtimes, --coreRun, --cli and --inProcess do not apply to them"
        : config.GetDiagnosers().Any() || config.GetHardwareCounters().Any()
            ? "diagnosers look into a .NET process on the host, and the probes run in guests: leave them out"
        : options.ListBenchmarkCaseMode == ListBenchmarkCaseMode.Disabled && !config.GetFilters().Any()
            ? "say which probes: bdn --filter '*triad*', or '*' for all; bdn --list flat shows them"
        : null;

    /// <summary>
    /// Lets a filter name a probe by its id: BenchmarkDotNet matches whole names with namespaces, so <c>mem.*</c> is given along with
    /// <c>*.mem.*</c>.
    /// </summary>
    private static string[] ExpandFilters(IReadOnlyList<string> arguments)
    {
        var expanded = new List<string>();
        var inFilter = false;
        foreach (var argument in arguments)
        {
            expanded.Add(argument);
            if (argument.StartsWith('-'))
            {
                inFilter = argument is "--filter" or "-f";
                if (argument.StartsWith("--filter=", StringComparison.Ordinal))
                {
                    expanded[^1] = "--filter";
                    Pattern(argument["--filter=".Length..]);
                }
            }
            else if (inFilter)
            {
                expanded.RemoveAt(expanded.Count - 1);
                Pattern(argument);
            }
        }

        return [.. expanded];

        void Pattern(string pattern)
        {
            expanded.Add(pattern);
            if (!pattern.StartsWith('*'))
            {
                expanded.Add("*." + pattern);
            }
        }
    }
}
