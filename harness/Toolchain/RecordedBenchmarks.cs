using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Csv;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Parameters;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Perfolizer.Horology;
using Perfolizer.Mathematics.OutlierDetection;
using VirtualBench.Campaign;
using VirtualBench.Plan;

namespace VirtualBench.Toolchain;

/// <summary>
/// A recording as BenchmarkDotNet sees it: a benchmark for each probe, a job for each target, probe parameters and the implementation as
/// the benchmark's parameters, so that the baseline job's ratios only ever compare the same implementation.
/// </summary>
internal static class RecordedBenchmarks
{
    public const string ImplementationParameter = "Implementation";

    /// <summary>Benchmarks, one run for each class of probes, in the order of the plan.</summary>
    /// <param name="config">What the user asks for besides: exporters, columns, filters, an artifacts directory. Its jobs went into the
    /// plan.</param>
    public static BenchmarkRunInfo[] From(Samples samples, IConfig config)
    {
        var executor = new ReplayExecutor();
        var orderer = new PlanOrderer();
        var targets = samples.Targets.ToDictionary(t => t.Id);
        var plan = samples.Recording.Plan;
        var settings = Settings(config, orderer, new RecordedColumns(samples, executor));
        var benchmarks = new List<BenchmarkCase>();

        // Within a group the baseline comes first; OrderBy keeps the plan's order otherwise.
        foreach (var group in samples.Cells.GroupBy(c => (c.Probe, c.Implementation)))
        {
            foreach (var cell in group.OrderBy(c => c.TargetId == plan.BaselineId ? 0 : 1))
            {
                var job = JobFor(cell, targets[cell.TargetId], plan, executor);
                var benchmark = Case(cell.Probe, cell.Implementation, job, settings);
                if (config.GetFilters().All(f => f.Predicate(benchmark)))
                {
                    executor.Add(benchmark, cell);
                    orderer.Add(benchmark);
                    benchmarks.Add(benchmark);
                }
            }
        }

        return [.. benchmarks.GroupBy(b => b.Descriptor.Type).Select(g => new BenchmarkRunInfo([.. g], g.Key, settings))];
    }

    /// <summary>A benchmark for a probe with its parameters.</summary>
    public static BenchmarkCase Case(ProbeSpecification probe, string implementation, Job job, ImmutableConfig config)
    {
        var descriptor = ProbeMethods.Find(probe.Id)
            ?? throw new InvalidOperationException($"probe {probe.Id} has no [Benchmark] method in Toolchain/Probes");
        var parameters = probe.Parameters.Prepend(new(ImplementationParameter, implementation)).Select((p, i) => new ParameterInstance(
            new ParameterDefinition(p.Key, isStatic: false, [p.Value], isArgument: false, typeof(string), i), p.Value,
            config.SummaryStyle));
        return BenchmarkCase.Create(descriptor, job, new ParameterInstances([.. parameters]), config);
    }

    // Its settings are those that the guests were given, so that BenchmarkDotNet's own reports say how the figures came about.
    private static Job JobFor(Cell cell, SampledTarget target, CampaignPlan plan, ReplayExecutor executor)
    {
        var job = new Job(cell.TargetId);
        job.Accuracy.OutlierMode = OutlierMode.DontRemove;
        job.Infrastructure.Toolchain = new PrebuiltGuestToolchain("linux-" + target.Architecture, executor);
        job.Meta.Baseline = cell.TargetId == plan.BaselineId;
        job.Run.IterationTime = TimeInterval.FromMilliseconds(plan.Engine.IterationMs);
        job.Run.WarmupCount = plan.Engine.Warmup;
        if (plan.Engine.MinIterations < plan.Engine.MaxIterations)
        {
            job.Run.MinIterationCount = plan.Engine.MinIterations;
            job.Run.MaxIterationCount = plan.Engine.MaxIterations;
        }
        else
        {
            job.Run.IterationCount = plan.Engine.MaxIterations;
        }

        // A cell without any boot gets one launch, which says why.
        job.Run.LaunchCount = Math.Max(1, cell.Boots.Count);
        return job.Freeze();
    }

    private static ImmutableConfig Settings(IConfig user, PlanOrderer orderer, RecordedColumns columns)
    {
        var theirs = user.GetExporters().Select(e => e.Name).ToHashSet();
        IExporter[] ours = [HtmlExporter.Default, MarkdownExporter.GitHub, new CsvExporter(CsvSeparator.Comma), JsonExporter.FullCompressed];
        var config = ManualConfig.CreateEmpty()
            .AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Params)
            .AddColumn(columns.All())
            .AddLogger(NullLogger.Instance) // without any, BenchmarkDotNet complains about that on the console
            .AddExporter([.. ours.Where(e => !theirs.Contains(e.Name))])
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(40))
            .WithCultureInfo(CultureInfo.InvariantCulture);
        config.Add(user);
        config.WithOrderer(orderer).WithOptions(user.Options | ConfigOptions.DisableOptimizationsValidator);
        return ImmutableConfigBuilder.Create(config);
    }
}
