using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Leftovers;

/// <summary>
/// Containers that a runtime without a daemon still has on its books, in the scratch directories of dead runs. Their processes and cgroups
/// are found by other means too; the runtime's own <c>delete</c> knows what else it made.
/// </summary>
public sealed class RuntimeStateLeftovers : ILeftovers
{
    private const int Depth = 4;
    private static readonly string[] Runtimes = ["runc", "crun", "youki"];

    public Task<IReadOnlyList<Leftover>> FindAsync(LeftoverScope scope, CancellationToken cancellation)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = Depth, IgnoreInaccessible = true };
        IReadOnlyList<Leftover> found =
        [
            .. RunScratch.FindAll()
                .Where(scratch => !scratch.Lives && scope.Covers(RunScratch.Prefix + scratch.Run))
                .SelectMany(scratch => Directory.EnumerateDirectories(scratch.Path, OciInstance.StateName, options))
                .SelectMany(Directory.EnumerateDirectories)
                .Select(container => new Leftover(
                    "runtime state", Path.GetFileName(container), container, token => RemoveAsync(container, token))),
        ];
        return Task.FromResult(found);
    }

    private static async Task RemoveAsync(string container, CancellationToken cancellation)
    {
        var (root, id) = (Path.GetDirectoryName(container)!, Path.GetFileName(container));
        foreach (var runtime in Runtimes.Select(ProgramPath.Find).OfType<string>())
        {
            // The wrong runtime cannot read the state and says so; its word does not matter, the state's going does.
            await HostCommand.RunAsync(runtime, ["--root", root, "delete", "--force", id], cancellation).ConfigureAwait(false);
            if (!Directory.Exists(container))
            {
                return;
            }
        }

        // No runtime would take it: what it describes is ended as a process and a cgroup.
        if (Directory.Exists(container))
        {
            Directory.Delete(container, recursive: true);
        }
    }
}
