namespace VirtualBench.Protocol;

/// <summary>One line that a guest printed, without its line end.</summary>
/// <param name="ReceivedNs">The host's monotonic clock (ns) when the line's last byte arrived.</param>
/// <param name="Text">The line as it came, bounded in length; may hold anything, for a guest is not trusted.</param>
public sealed record ConsoleLine(long ReceivedNs, string Text);
