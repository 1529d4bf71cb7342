using VirtualBench.Targets.Interop;

namespace VirtualBench.Targets.Links;

/// <summary>
/// A link that was moved to the namespace that an engine made for a guest, where it cannot be handed one. Disposing it gives the link back
/// to where its port takes it away, for the kernel ends a namespace in its own time.
/// </summary>
internal sealed class MovedLink : IAsyncDisposable
{
    private readonly NetworkNamespace _home;
    private readonly NetworkNamespace _place;

    private MovedLink(NetworkNamespace home, NetworkNamespace place) => (_home, _place) = (home, place);

    /// <param name="place">Where the guest is; now this object's.</param>
    /// <exception cref="TargetException">It could not be moved, and has been given back.</exception>
    public static async Task<MovedLink> MoveAsync(NamespaceLink link, NetworkNamespace place, CancellationToken cancellation)
    {
        var moved = new MovedLink(link.Namespace!, place);
        try
        {
            await new LinkCommands(moved._home).MoveGuestAsync(place, link.Address, cancellation).ConfigureAwait(false);
            return moved;
        }
        catch
        {
            await moved.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await new LinkCommands(_place).RunAsync($"link set eth0 netns {_home.Path}", limit.Token).ConfigureAwait(false);
        }
        catch (TargetException)
        {
            // It has not come so far, or somebody in there took it away.
        }

        _place.Dispose();
    }
}
