using VirtualBench.Targets.Containers;

namespace VirtualBench.Targets.Leftovers;

/// <summary>Cgroups of dead runs in every hierarchy, with what still runs in them.</summary>
public sealed class ControlGroupLeftovers : ILeftovers
{
    public Task<IReadOnlyList<Leftover>> FindAsync(LeftoverScope scope, CancellationToken cancellation)
    {
        var own = ControlGroups.Find(name => name.Contains(RunScratch.Prefix, StringComparison.Ordinal)
            && scope.Covers(name[name.IndexOf(RunScratch.Prefix, StringComparison.Ordinal)..]));
        // The group that holds them all goes when nothing of a living run is in it; libvirt's, which an other libvirt may have made too,
        // when ours were in it, or when it is empty and no run lives: libvirt makes it again.
        var parents = ControlGroups.Mounts().Select(mount => mount.Path + ControlGroups.Parent)
            .Where(parent => Directory.Exists(parent) && Directory.EnumerateDirectories(parent).All(own.Contains))
            .Concat(ControlGroups.Mounts().Select(mount => mount.Path + ControlGroups.MachineParent)
                .Where(parent => Directory.Exists(parent) && Directory.EnumerateDirectories(parent).All(own.Contains)
                    && (scope.CoversAnonymous || Directory.EnumerateDirectories(parent).Any())));
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
