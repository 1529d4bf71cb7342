namespace VirtualBench.Protocol;

/// <summary>Names of notes without which a section's figures would be mistaken for what they are not.</summary>
public static class SectionNotes
{
    /// <summary>The figures were drawn at random by the target <c>sim</c>.</summary>
    public const string Simulated = "simulated";

    /// <summary>The engine was told to take so many percent more time (<c>--slow</c>), as <c>selfcheck</c> does.</summary>
    public const string Slow = "slow";
}
