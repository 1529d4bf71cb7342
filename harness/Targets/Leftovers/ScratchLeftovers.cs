namespace VirtualBench.Targets.Leftovers;

/// <summary>Scratch directories of dead runs.</summary>
public sealed class ScratchLeftovers : ILeftovers
{
    public Task<IReadOnlyList<Leftover>> FindAsync(LeftoverScope scope, CancellationToken cancellation)
    {
        IReadOnlyList<Leftover> found =
        [
            .. RunScratch.FindAll().Where(scratch => !scratch.Lives && scope.Covers(RunScratch.Prefix + scratch.Run))
                .Select(scratch => new Leftover("directory", scratch.Path, "scratch directory", _ => DeleteAsync(scratch.Path))),
        ];
        return Task.FromResult(found);
    }

    private static Task DeleteAsync(string path)
    {
        if (MountLeftovers.PointsIn(File.ReadLines("/proc/self/mountinfo"))
            .Any(point => point.StartsWith(path + "/", StringComparison.Ordinal)))
        {
            throw new TargetException(
                $"{path} has something mounted in it, whose content is not ours to delete: unmount it, then clean again");
        }

        try
        {
            RunScratch.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"cannot delete {path}: {e.Message}; sudo rm -r {path}", e);
        }

        return Task.CompletedTask;
    }
}
