using System.Collections.Immutable;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace VirtualBench.Toolchain;

/// <summary>Keeps the order of the plan, the baseline first within a probe, and groups by probe, parameters and implementation.</summary>
internal sealed class PlanOrderer : IOrderer
{
    private readonly Dictionary<BenchmarkCase, int> _places = [];

    public bool SeparateLogicalGroups => true;

    /// <summary>Puts a benchmark after those that were added before it.</summary>
    public void Add(BenchmarkCase benchmark) => _places.Add(benchmark, _places.Count);

    public IEnumerable<BenchmarkCase> GetExecutionOrder(
        ImmutableArray<BenchmarkCase> benchmarksCase, IEnumerable<BenchmarkLogicalGroupRule>? order = null) =>
        benchmarksCase.OrderBy(b => _places[b]);

    public IEnumerable<BenchmarkCase> GetSummaryOrder(ImmutableArray<BenchmarkCase> benchmarksCases, Summary summary) =>
        benchmarksCases.OrderBy(b => _places[b]);

    public string GetHighlightGroupKey(BenchmarkCase benchmarkCase) => GetLogicalGroupKey([], benchmarkCase);

    public string GetLogicalGroupKey(ImmutableArray<BenchmarkCase> allBenchmarksCases, BenchmarkCase benchmarkCase) =>
        benchmarkCase.Descriptor.DisplayInfo + benchmarkCase.Parameters.ValueInfo;

    public IEnumerable<IGrouping<string, BenchmarkCase>> GetLogicalGroupOrder(
        IEnumerable<IGrouping<string, BenchmarkCase>> logicalGroups, IEnumerable<BenchmarkLogicalGroupRule>? order = null) =>
        logicalGroups.OrderBy(g => _places[g.First()]);
}
