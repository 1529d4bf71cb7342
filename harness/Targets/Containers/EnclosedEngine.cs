using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// What engines need that are programs of the host, run as root and each in an enclosure, and run programs of the host's architecture only.
/// </summary>
internal static class EnclosedEngine
{
    /// <param name="hasVariants">Whether something may follow the engine's name and a colon.</param>
    /// <param name="programs">By name or path, in the order in which they are missed.</param>
    /// <returns>Why the engine cannot run here; null when all is there.</returns>
    public static Availability? WhyNot(TargetName name, TargetSession session, bool hasVariants, params IReadOnlyList<string> programs) =>
        name.Variant is not null && !hasVariants ? new Availability(
            false, null, $"{name.Engine} has no variants", "--targets " + name.Engine)
        : name.IsForeign ? new Availability(
            false, null, $"{name.Engine} runs programs of the host's own architecture only",
            $"--targets docker@{TargetName.ArchitectureName(name.Architecture)}")
        : programs.FirstOrDefault(program => ProgramPath.Find(program) is null) is { } missing ? new Availability(
            false, null, missing + " is not installed", "./build.sh setup")
        : !Environment.IsPrivilegedProcess ? new Availability(
            false, null, name.Engine + " needs root, for its containers and to be enclosed", "sudo ./build.sh run")
        : session.Enclosure is null ? new Availability(
            false, null, name.Engine + " needs artifacts/host/vbenclose", "./build.sh build")
        : null;

    /// <summary>The program vbenclose.</summary>
    /// <exception cref="TargetException">It has not been built.</exception>
    public static string Enclosure(TargetSession session) =>
        session.Enclosure ?? throw new TargetException("artifacts/host/vbenclose has not been built: ./build.sh build");

    /// <summary>An installed program.</summary>
    /// <exception cref="TargetException">It is not.</exception>
    public static string Find(string program) =>
        ProgramPath.Find(program) ?? throw new TargetException($"{program} is not installed: ./build.sh setup");

    /// <summary>The first line that a program prints of its version.</summary>
    public static async Task<Availability> VersionAsync(string program, CancellationToken cancellation)
    {
        var answer = await HostCommand.RunAsync(Find(program), ["--version"], cancellation).ConfigureAwait(false);
        return answer.Status == 0 && ErrorTail.Clean(answer.Output.Split('\n')[0]) is { } version
            ? new Availability(true, version)
            : new Availability(false, null, $"{program} --version fails: {answer.Error ?? "no output"}", "./build.sh setup");
    }

    /// <summary>Says of a program that could not be executed why not.</summary>
    /// <exception cref="TargetException">It could not.</exception>
    public static void ThrowIfNotExecuted(ProcessLaunch launch, ProcessOutcome outcome)
    {
        if (outcome.WhyNotStarted(launch.Path) is { } refusal)
        {
            throw new TargetException(refusal);
        }
    }
}
