using System.Globalization;
using System.Text.Json;
using VirtualBench.Campaign;
using VirtualBench.Host;

namespace VirtualBench.SelfCheck;

/// <summary>Where a self-check is kept: its report, and of a real machine the run directory of every campaign.</summary>
internal sealed class SelfCheckDirectory
{
    private readonly string _root;

    private SelfCheckDirectory(string root) => _root = root;

    public string ReportPath => Path.Combine(_root, "selfcheck.json");

    /// <param name="path">Must be new or empty; null: one under <c>runs/</c>.</param>
    public static SelfCheckDirectory Create(string? path)
    {
        var name = DateTimeOffset.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + "-selfcheck";
        var root = Path.GetFullPath(path ?? Path.Combine("runs", name));
        if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
        {
            throw new CampaignException($"{root} is not empty; choose another --out");
        }

        Directory.CreateDirectory(root);
        return new SelfCheckDirectory(root);
    }

    /// <summary>The run directory of a campaign, numbered from 1.</summary>
    public string CampaignPath(int number) =>
        Path.Combine(_root, "campaigns", number.ToString("D4", CultureInfo.InvariantCulture));

    /// <summary>Replaces the report of fewer campaigns, whole or not at all.</summary>
    public void Write(SelfCheckReport report) => WholeFile.Write(ReportPath, Serialize(report) + "\n");

    public static string Serialize(SelfCheckReport report) => JsonSerializer.Serialize(report, SelfCheckJson.Default.SelfCheckReport);
}
