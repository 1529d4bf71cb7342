using VirtualBench.Targets.Links;

namespace VirtualBench.Networks;

/// <summary>What the kernel leaves to a link's device: to compute checksums and to cut large segments.</summary>
internal static class LinkOffloads
{
    public const string Program = "ethtool";

    /// <summary>
    /// Switches off what is left for later when a link sends: a switch in user space that reads frames from a packet socket gets them as
    /// they are, and hands on wrong checksums. Pings, whose sum the sender always computes, would get through, and TCP would not.
    /// </summary>
    public static Task SwitchOffAsync(LinkCommands links, string device, CancellationToken cancellation) =>
        links.RunAsync(Program, ["--features", device, "tx", "off"], cancellation);
}
