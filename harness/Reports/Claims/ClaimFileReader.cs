using System.Globalization;
using System.Text.Json;
using VirtualBench.Plan;
using VirtualBench.Protocol;

namespace VirtualBench.Reports.Claims;

/// <summary>Reads files of claims; whatever is wrong with one is a single line that says where.</summary>
public static class ClaimFileReader
{
    private const int LargestBytes = 1 << 20;
    private const int MostClaims = 100;

    /// <exception cref="PlanException">It is not there, cannot be read, or says what nobody understands.</exception>
    public static ClaimFile Read(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length > LargestBytes
                ? throw new PlanException($"the claims {path} are {length} bytes long; a file of claims has at most {LargestBytes}")
                : Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PlanException($"the claims {path} cannot be read: {e.Message}", e);
        }
    }

    internal static ClaimFile ReadResource(string name)
    {
        using var content = new MemoryStream();
        using var resource = typeof(ClaimFileReader).Assembly.GetManifestResourceStream("claims/" + name)
            ?? throw new InvalidOperationException($"the claims {name} are not embedded");
        resource.CopyTo(content);
        return Parse(content.ToArray(), name);
    }

    /// <param name="name">What messages call it.</param>
    internal static ClaimFile Parse(ReadOnlySpan<byte> content, string name)
    {
        try
        {
            var file = JsonSerializer.Deserialize(content, ClaimFileJson.Default.ClaimFile);
            return Fault(file) is { } fault ? throw new PlanException($"the claims {name}: {Printable.Line(fault)}") : file!;
        }
        catch (JsonException e)
        {
            var why = Printable.Line(
                e.Message.Split(" Path: ")[0].Replace("VirtualBench.Reports.Claims.", "", StringComparison.Ordinal), 200);
            var where = string.Create(CultureInfo.InvariantCulture, $"line {(e.LineNumber ?? 0) + 1}, {Printable.Line(e.Path ?? "$", 80)}");
            throw new PlanException($"the claims {name} cannot be understood, {where}: {why}", e);
        }
    }

    private static string? Fault(ClaimFile? file) =>
        file is null ? "an object is wanted, and not null"
        : file.Schema != ClaimFile.CurrentSchema ? $"their schema is '{file.Schema}', not '{ClaimFile.CurrentSchema}'"
        : file.Claims.Count is 0 or > MostClaims ? $"there are {file.Claims.Count} claims; from 1 to {MostClaims} are possible"
        : file.Claims.GroupBy(c => c?.Id).FirstOrDefault(g => g.Count() > 1) is { } twice ? $"the id '{twice.Key}' stands there twice"
        : file.Claims.Select(c => Fault(c) is { } fault ? $"{c?.Id}: {fault}" : null).FirstOrDefault(f => f is not null);

    private static string? Fault(Claim? claim) =>
        claim is null ? "a claim is null"
        : claim.Id.Length == 0 ? "a claim has an empty id"
        : claim.Arch is not (null or "x64" or "arm64") ? $"arch is '{claim.Arch}', not x64 or arm64"
        : claim.Targets.Count == 0 || claim.Targets.Any(g => g is null || g.Count == 0 || g.Any(string.IsNullOrEmpty))
            ? "targets is a list of groups, each a list of at least one engine: [[\"docker\"], [\"osv\"]]"
        : claim.Measure == ClaimMeasure.Completion ? CompletionFault(claim)
        : RatioFault(claim);

    private static string? CompletionFault(Claim claim) =>
        claim.Completes is null ? "completion takes \"completes\": true or false"
        : (claim.Low ?? claim.High) is not null || claim.Against is not null || claim.Probes is not null
            ? "completion takes neither probes, against, low nor high"
        : null;

    private static string? RatioFault(Claim claim) =>
        claim.Probes is not { Count: > 0 } || claim.Probes.Any(string.IsNullOrEmpty) ? "probes are missing"
        : string.IsNullOrEmpty(claim.Against) ? "against is missing: the engine that they are compared with"
        : claim.Completes is not null ? "completes is for the measure completion alone"
        : (claim.Low ?? claim.High) is null ? "low or high is missing: the ratios that the statement allows"
        : claim.Low is { } low && !(double.IsFinite(low) && low > 0) || claim.High is { } high && !(double.IsFinite(high) && high > 0)
            || claim.Low >= claim.High ? "low and high have to be positive, and low below high"
        : null;
}
