namespace VirtualBench.Tests.Targets;

/// <summary>
/// rkt as whoever runs the tests has it, for no distribution has: <c>VIRTUALBENCH_RKT</c> is the program, <c>VIRTUALBENCH_RKT_STAGE1</c>
/// its <c>stage1-fly.aci</c>, <c>VIRTUALBENCH_RKT_STAGE1_HOST</c> its <c>stage1-host.aci</c>. Without them its tests are skipped.
/// </summary>
internal static class RktFiles
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["rkt"] = "VIRTUALBENCH_RKT", ["rkt.stage1"] = "VIRTUALBENCH_RKT_STAGE1", ["rkt.stage1.host"] = "VIRTUALBENCH_RKT_STAGE1_HOST",
    };

    /// <summary>What <c>--image</c> would give.</summary>
    public static IReadOnlyDictionary<string, string> Images { get; } = Variables
        .Select(pair => (Image: pair.Key, File: Environment.GetEnvironmentVariable(pair.Value)))
        .Where(pair => !string.IsNullOrEmpty(pair.File))
        .ToDictionary(pair => pair.Image, pair => pair.File!);

    public static void SkipUnlessThere(string stage1)
    {
        var missing = ((string[])["rkt", stage1]).Where(image => !Images.ContainsKey(image)).Select(image => Variables[image]).ToList();
        Assert.SkipUnless(missing.Count == 0, $"set {string.Join(" and ", missing)} to try rkt");
    }
}
