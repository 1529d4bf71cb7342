namespace VirtualBench.Targets.Leftovers;

/// <summary>Settings of the host that dead runs changed and did not put back.</summary>
public sealed class HostSettingLeftovers : ILeftovers
{
    public Task<IReadOnlyList<Leftover>> FindAsync(LeftoverScope scope, CancellationToken cancellation)
    {
        IReadOnlyList<Leftover> found =
        [
            .. HostSetting.Find(scope).Select(found => new Leftover(
                "setting", found.Setting.File, $"was {found.Setting.Before} before {Path.GetFileName(found.RunScratch)}",
                _ =>
                {
                    found.Setting.PutBack(found.RunScratch);
                    return Task.CompletedTask;
                })),
        ];
        return Task.FromResult(found);
    }
}
