using System.Text.Json;

namespace VirtualBench.Reports.Comparison;

/// <summary>Something that makes two runs' figures incomparable unless the user says otherwise.</summary>
/// <param name="Kind"><c>binary</c>, <c>host</c>, <c>engine</c> or <c>resources</c>: what <c>--allow</c> names.</param>
/// <param name="What">In words: <c>CPU model</c>, <c>version of docker</c>.</param>
/// <param name="Target">The target that it concerns; null: all.</param>
public sealed record Difference(string Kind, string What, string Before, string After, string? Target = null)
{
    public const string Binary = "binary";
    public const string Host = "host";
    public const string Engine = "engine";
    public const string Resources = "resources";

    /// <summary>All that can be allowed.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [Binary, Host, Engine, Resources];

    public override string ToString() => $"{Kind}: {What} was '{Before}' and is '{After}'";

    /// <summary>All differences between runs that bear on what both measured.</summary>
    public static IReadOnlyList<Difference> Between(ReportDocument before, ReportDocument after)
    {
        var differences = new List<Difference>();
        foreach (var (property, what) in new[] { ("cpuModel", "CPU model"), ("kernel", "kernel"), ("architecture", "architecture") })
        {
            Add(differences, Host, what, Fact(before.Host, property), Fact(after.Host, property), null);
        }

        Add(differences, Resources, "number of vCPUs", $"{before.Run.VirtualCpus}", $"{after.Run.VirtualCpus}", null);
        Add(differences, Resources, "memory in bytes", $"{before.Run.MemoryBytes}", $"{after.Run.MemoryBytes}", null);
        foreach (var (old, now) in Shared(before.Targets, after.Targets, t => t.Id))
        {
            Add(differences, Engine, $"engine of {now.Id}", old.Engine, now.Engine, now.Id);
            Add(differences, Engine, $"version of {now.Id}", old.Version, now.Version, now.Id);
            Add(differences, Engine, $"acceleration of {now.Id}", old.Acceleration, now.Acceleration, now.Id);
            Add(differences, Engine, $"network of {now.Id}", old.Network, now.Network, now.Id);
        }

        foreach (var (old, now) in Shared(before.Results, after.Results, r => (ReportMatrix.Label(r), r.Implementation, r.Target)))
        {
            Add(differences, Binary, $"guest program ({now.Implementation}) of {now.Target}", old.GuestBinary, now.GuestBinary, now.Target);
        }

        return [.. differences.Distinct()];
    }

    private static IEnumerable<(T Before, T After)> Shared<T, TKey>(IEnumerable<T> before, IEnumerable<T> after, Func<T, TKey> key)
    {
        var known = before.ToLookup(key);
        return after.SelectMany(now => known[key(now)].Take(1).Select(old => (old, now)));
    }

    // What one of the runs does not tell is not known to be equal.
    private static void Add(List<Difference> differences, string kind, string what, string? before, string? after, string? target)
    {
        if (before != after)
        {
            differences.Add(new Difference(kind, what, Short(before), Short(after), target));
        }
    }

    private static string Short(string? value) => value is null ? "unknown" : Protocol.Printable.Line(value, 80);

    private static string? Fact(JsonElement host, string name) =>
        host.ValueKind == JsonValueKind.Object && host.TryGetProperty(name, out var value) ? value.ToString() : null;
}
