using VirtualBench.Targets.Described;

namespace VirtualBench.Targets.Leftovers;

/// <summary>What only the user's own commands can remove: the orders to clean that dead runs, or a failed clean-up, left behind.</summary>
public sealed class DescribedEngineLeftovers : ILeftovers
{
    public Task<IReadOnlyList<Leftover>> FindAsync(LeftoverScope scope, CancellationToken cancellation)
    {
        IReadOnlyList<Leftover> found =
        [
            .. CleaningOrder.Find(scope).Select(found => new Leftover(
                "engine", found.Order.Label, $"{found.Order.Engine}: {found.Order}",
                token => found.Order.CarryOutAsync(found.RunScratch, hasEnded: false, token))),
        ];
        return Task.FromResult(found);
    }
}
