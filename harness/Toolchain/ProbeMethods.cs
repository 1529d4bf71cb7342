using System.Reflection;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using VirtualBench.Toolchain.Probes;

namespace VirtualBench.Toolchain;

/// <summary>The methods that stand for the probes, by probe id.</summary>
internal static class ProbeMethods
{
    private static readonly Type[] Families = [typeof(Cpu), typeof(Mem), typeof(Os), typeof(Exit), typeof(Net), typeof(Disk), typeof(Life)];

    private static readonly Dictionary<string, Descriptor> ById = Families
        .SelectMany(type => type.GetMethods()
            .Select(method => (Method: method, Attribute: method.GetCustomAttribute<BenchmarkAttribute>()))
            .Where(m => m.Attribute is not null)
            .Select((m, index) => new Descriptor(type, m.Method, description: m.Attribute!.Description, methodIndex: index)))
        .ToDictionary(d => d.WorkloadMethodDisplayInfo);

    public static Type[] Types => Families;

    /// <summary>The ids that have a method.</summary>
    public static IReadOnlyCollection<string> Ids => ById.Keys;

    /// <summary>Null when the probe has no method.</summary>
    public static Descriptor? Find(string probe) => ById.GetValueOrDefault(probe);
}
