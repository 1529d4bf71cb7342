using VirtualBench.Guests;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Targets;

/// <summary>What a developer brings for engines that are not part of the program, by environment variables.</summary>
internal static class UserImages
{
    private static readonly (string Image, string Variable)[] Variables =
    [
        (ImageOf(GuestArchitecture.X64), "VIRTUALBENCH_OSV"), (ImageOf(GuestArchitecture.Arm64), "VIRTUALBENCH_OSV_ARM64"),
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
        var variable = Variables.First(v => v.Image == image).Variable;
        Assert.SkipUnless(All.ContainsKey(image), $"{image}: set {variable} to the loader of an OSv that you built");
        return All[image];
    }
}
