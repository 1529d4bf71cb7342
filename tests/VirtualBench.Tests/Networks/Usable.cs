using VirtualBench.Networks;

namespace VirtualBench.Tests.Networks;

/// <summary>A network that is there, or a skipped test.</summary>
internal static class Usable
{
    public static async Task<INetwork> FindAsync(INetwork network)
    {
        var found = await network.FindAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(found.Usable, $"{network.Name}: {found.Reason}");
        return network;
    }

    public static async Task<INetwork> OpenAsync(INetwork network)
    {
        await FindAsync(network);
        await network.OpenAsync(TestContext.Current.CancellationToken);
        return network;
    }
}
