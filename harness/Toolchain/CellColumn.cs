using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace VirtualBench.Toolchain;

/// <summary>A column that says something of the cell behind a benchmark.</summary>
internal sealed class CellColumn(
    string name, string legend, ColumnCategory category, int priority, bool isNumeric, Func<BenchmarkCase, string> value) : IColumn
{
    public string Id => "VirtualBench." + name;

    public string ColumnName => name;

    public bool AlwaysShow => true;

    public ColumnCategory Category => category;

    public int PriorityInCategory => priority;

    public bool IsNumeric => isNumeric;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => legend;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => value(benchmarkCase);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => value(benchmarkCase);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => true;

    public override string ToString() => name;
}
