using VirtualBench.Guests;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Targets;

/// <summary>What a developer brings for engines that are not part of the program, by environment variables.</summary>
internal static class UserImages
{
    public const string Rumprun = "rumprun";

    private const string OsvLoader = "the loader of an OSv that you built";

    private static readonly (string Image, string Variable, string What)[] Variables =
    [
        (ImageOf(GuestArchitecture.X64), "VIRTUALBENCH_OSV", OsvLoader),
        (ImageOf(GuestArchitecture.Arm64), "VIRTUALBENCH_OSV_ARM64", OsvLoader),
        (Rumprun, "VIRTUALBENCH_RUMPRUN", "the directory of a Rumprun toolchain that you built"),
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
        var (_, variable, what) = Variables.First(v => v.Image == image);
        Assert.SkipUnless(All.ContainsKey(image), $"{image}: set {variable} to {what}");
        return All[image];
    }
}
