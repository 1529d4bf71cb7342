using VirtualBench.Targets.Containers;

namespace VirtualBench.Targets.Leftovers;

/// <summary>Cgroups of dead runs in every hierarchy, with what still runs in them.</summary>
public sealed class ControlGroupLeftovers : ILeftovers
{
    public Task<IReadOnlyList<Leftover>> FindAsync(LeftoverScope scope, CancellationToken cancellation)
    {
        var own = ControlGroups.Find(name => name.Contains(RunScratch.Prefix, StringComparison.Ordinal)
            && scope.Covers(name[name.IndexOf(RunScratch.Prefix, StringComparison.Ordinal)..]));
        // The group that holds them all goes when nothing of a living run is in it.
        var parents = ControlGroups.Mounts().Select(mount => mount.Path + ControlGroups.Parent)
            .Where(parent => Directory.Exists(parent) && Directory.EnumerateDirectories(parent).All(own.Contains));
        IReadOnlyList<Leftover> found =
        [
            .. own.Concat(parents).Select(path => new Leftover("cgroup", path, "control group", _ =>
            {
                return ControlGroups.RemoveTree(path)
                    ? Task.CompletedTask
                    : throw new TargetException($"cannot remove the cgroup {path}: sudo rmdir {path}");
            })),
        ];
        return Task.FromResult(found);
    }
}
