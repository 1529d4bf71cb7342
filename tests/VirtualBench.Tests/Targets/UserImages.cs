using VirtualBench.Guests;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Targets;

/// <summary>
/// What a developer brings for engines that are not part of the program, by environment variables; without them, the tests of those engines
/// are skipped.
/// </summary>
internal static class UserImages
{
    public const string Rumprun = "rumprun";

    private static readonly (string Image, string Variable)[] Variables =
    [
        (ImageOf(GuestArchitecture.X64), "VIRTUALBENCH_OSV"), (ImageOf(GuestArchitecture.Arm64), "VIRTUALBENCH_OSV_ARM64"),
        ("rkt", "VIRTUALBENCH_RKT"), ("rkt.stage1", "VIRTUALBENCH_RKT_STAGE1"), ("rkt.stage1.host", "VIRTUALBENCH_RKT_STAGE1_HOST"),
        (Rumprun, "VIRTUALBENCH_RUMPRUN"),
    ];

    /// <summary>As <c>--image</c> gives them.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = Variables
        .Select(image => (image.Image, File: Environment.GetEnvironmentVariable(image.Variable)))
        .Where(image => !string.IsNullOrEmpty(image.File)).ToDictionary(image => image.Image, image => image.File!);

    /// <summary>The name of OSv's target and image for an architecture.</summary>
    public static string ImageOf(GuestArchitecture architecture) => new TargetName("osv", null, architecture).ToString();

    /// <summary>The file; skips the test where there is none.</summary>
    public static string Get(string image)
    {
        SkipUnlessThere(image);
        return All[image];
    }

    /// <summary>Skips the test where one of them is missing.</summary>
    public static void SkipUnlessThere(params string[] images)
    {
        var missing = images.Except(All.Keys).Select(image => Variables.First(v => v.Image == image).Variable).ToList();
        Assert.SkipUnless(missing.Count == 0, $"set {string.Join(" and ", missing)} to what you built of it, to try {images[0]}");
    }
}
