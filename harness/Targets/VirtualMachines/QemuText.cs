namespace VirtualBench.Targets.VirtualMachines;

/// <summary>Text in QEMU's own options.</summary>
internal static class QemuText
{
    /// <summary>A value among others on one option: a comma in it is written twice.</summary>
    public static string Value(string text) => text.Replace(",", ",,", StringComparison.Ordinal);
}
