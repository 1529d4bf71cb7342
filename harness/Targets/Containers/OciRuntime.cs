using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>An installed container runtime with runc's command line.</summary>
/// <param name="Path">The program.</param>
/// <param name="Wrapper">What it is started through: a program and its arguments; empty when it needs nothing.</param>
internal sealed record OciRuntime(string Path, IReadOnlyList<string> Wrapper)
{
    /// <exception cref="TargetException">Not installed, or what it needs on this host has not been built.</exception>
    public static OciRuntime Find(string name, TargetSession session)
    {
        var path = ProgramPath.Find(name) ?? throw new TargetException($"the container runtime {name} is not installed: ./build.sh setup");
        // In a mount namespace without the second cgroup version it takes the first; making one costs less than a millisecond.
        IReadOnlyList<string> options = System.IO.Path.GetFileName(path) == "crun" ? [.. EnclosureOptions.OneControlGroupVersion()] : [];
        if (options.Count == 0)
        {
            return new OciRuntime(path, []);
        }

        var enclose = session.Enclosure ?? throw new TargetException(
            $"{name} on a host with cgroup v1 and v2 side by side needs artifacts/host/vbenclose: ./build.sh build");
        return new OciRuntime(path, [enclose, "--mounts-only", .. options, "--"]);
    }

    /// <summary>A start of the runtime with these arguments.</summary>
    public ProcessLaunch Start(string label, IReadOnlyList<int> processors, params IReadOnlyList<string> arguments)
    {
        IReadOnlyList<string> command = [.. Wrapper, Path, .. arguments];
        return new ProcessLaunch(
            command[0], [.. command.Skip(1)],
            [$"{InstanceProcesses.Variable}={label}", "PATH=" + ProgramPath.SearchPath], processors, label);
    }

    /// <summary>The first line of <c>--version</c>, e.g. <c>runc version 1.1.5</c>; null when it has none.</summary>
    public async Task<string?> VersionAsync(CancellationToken cancellation)
    {
        var answer = await HostCommand.RunAsync(Path, ["--version"], cancellation).ConfigureAwait(false);
        return answer.Status == 0 ? ErrorTail.Clean(answer.Output.Split('\n')[0]) : null;
    }
}
