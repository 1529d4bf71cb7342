namespace VirtualBench.Tests.Targets;

/// <summary>
/// rkt as whoever runs the tests has it, for no distribution has: <c>VIRTUALBENCH_RKT</c> is the program, <c>VIRTUALBENCH_RKT_STAGE1</c> its
/// <c>stage1-fly.aci</c>. Without them its tests are skipped.
/// </summary>
internal static class RktFiles
{
    private static readonly (string Image, string Variable)[] Variables = [("rkt", "VIRTUALBENCH_RKT"), ("rkt.stage1", "VIRTUALBENCH_RKT_STAGE1")];

    /// <summary>What <c>--image</c> would give.</summary>
    public static IReadOnlyDictionary<string, string> Images { get; } = Variables
        .Select(v => (v.Image, File: Environment.GetEnvironmentVariable(v.Variable)))
        .Where(v => !string.IsNullOrEmpty(v.File))
        .ToDictionary(v => v.Image, v => v.File!);

    public static void SkipUnlessThere() => Assert.SkipUnless(
        Images.Count == Variables.Length, $"set {string.Join(" and ", Variables.Select(v => v.Variable))} to try rkt");
}
