namespace VirtualBench.Targets;

/// <summary>What networks and disks have in common beyond their interface.</summary>
internal static class BackEnds
{
    /// <summary>Looks for it and, when all is there, opens it. What goes wrong is the reason why it is not usable.</summary>
    public static async Task<Availability> TryOpenAsync(this IBackEnd backEnd, CancellationToken cancellation)
    {
        var found = await backEnd.FindAsync(cancellation).ConfigureAwait(false);
        if (!found.Usable)
        {
            return found;
        }

        try
        {
            await backEnd.OpenAsync(cancellation).ConfigureAwait(false);
            return found;
        }
        catch (TargetException e)
        {
            return found with { Usable = false, Reason = e.Message };
        }
    }

    /// <summary>A name as the user writes it, <c>KIND</c> or <c>KIND:ARGUMENT</c>.</summary>
    public static (string Kind, string? Argument) Split(string name) =>
        name.Split(':', 2) is [var kind, var argument] ? (kind, argument) : (name, null);
}
