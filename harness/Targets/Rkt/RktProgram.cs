using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Rkt;

/// <summary>The user's rkt, and the stage 1 image that it starts pods with.</summary>
/// <param name="Path">The program.</param>
/// <param name="Stage1">The image; not looked into yet.</param>
/// <param name="Flavor">What the stage 1 has to be.</param>
/// <param name="Enclosure">The program vbenclose.</param>
internal sealed record RktProgram(string Path, string Stage1, IRktFlavor Flavor, string Enclosure)
{
    /// <summary>What <c>--image</c> calls the program; without one it is looked for in the PATH.</summary>
    public const string ImageName = "rkt";

    /// <returns>The program when all is there, else why it is not.</returns>
    public static (RktProgram? Program, Availability? Missing) Find(TargetSession session, IRktFlavor flavor)
    {
        var given = session.Image(ImageName);
        var stage1 = session.Image(flavor.Stage1ImageName);
        if (ProgramPath.Find(given ?? "rkt") is not { } path)
        {
            return Missing(
                given is null ? "rkt is not installed, and distributions no longer have it" : $"{given} is not an executable file",
                $"--image {ImageName}=PROGRAM");
        }

        if (stage1 is null || !File.Exists(stage1))
        {
            return Missing(
                stage1 is null ? $"rkt needs a stage 1 image to start pods with: stage1-{flavor.Name}.aci, made by the build of rkt"
                    : $"there is no stage 1 image {stage1}",
                $"--image {flavor.Stage1ImageName}=stage1-{flavor.Name}.aci");
        }

        return session.Enclosure is { } enclosure ? (new RktProgram(path, stage1, flavor, enclosure), null)
            // Without one, fly makes the host's /dev, /proc and /sys shared and leaves mounts of them in its pods.
            : Missing("rkt needs a private mount namespace, which artifacts/host/vbenclose makes", "./build.sh build");
    }

    /// <summary>E.g. <c>rkt 1.30.0 (fly)</c>; null when it does not tell.</summary>
    public async Task<string?> VersionAsync(CancellationToken cancellation)
    {
        var answer = await HostCommand.RunAsync(Path, ["version"], cancellation).ConfigureAwait(false);
        return answer.Status == 0 && VersionIn(answer.Output) is { } version ? $"rkt {version} ({Flavor.Name})" : null;
    }

    /// <summary>The version in what <c>rkt version</c> prints: lines <c>NAME: VALUE</c>.</summary>
    internal static string? VersionIn(string output)
    {
        const string Field = "rkt Version:";
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal));
        return line is null ? null : ErrorTail.Clean(line[Field.Length..]);
    }

    private static (RktProgram?, Availability?) Missing(string reason, string remedy) =>
        (null, new Availability(false, null, reason, remedy));
}
