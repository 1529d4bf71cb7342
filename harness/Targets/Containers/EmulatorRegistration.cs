using VirtualBench.Guests;

namespace VirtualBench.Targets.Containers;

/// <summary>Whether the kernel translates programs of another architecture inside containers: a binfmt_misc entry for qemu-user.</summary>
internal static class EmulatorRegistration
{
    public const string Remedy = "apt-get install qemu-user-static binfmt-support";

    private const string Directory = "/proc/sys/fs/binfmt_misc";

    /// <returns>Null when it does.</returns>
    public static string? WhyNot(GuestArchitecture architecture)
    {
        var entry = architecture == GuestArchitecture.Arm64 ? "qemu-aarch64" : "qemu-x86_64";
        var path = $"{Directory}/{entry}";
        return WhyNot(entry, File.Exists(path) ? File.ReadAllText(path) : null);
    }

    /// <param name="entry">The entry's name.</param>
    /// <param name="text">What the kernel says of it: <c>enabled</c>, <c>interpreter PATH</c>, <c>flags: OCF</c>, ... in lines; null: no
    /// such entry.</param>
    internal static string? WhyNot(string entry, string? text)
    {
        if (text is null)
        {
            return $"binfmt_misc has no {entry}, so containers of that architecture cannot start";
        }

        var lines = text.Split('\n');
        if (!lines.Contains("enabled"))
        {
            return $"the {entry} entry of binfmt_misc is disabled";
        }

        // F: the kernel opens the translator when it is registered. Without it, it is looked for inside the container, where it is not.
        var flags = lines.FirstOrDefault(line => line.StartsWith("flags:", StringComparison.Ordinal));
        return flags?.Contains('F', StringComparison.Ordinal) == true
            ? null
            : $"the {entry} entry of binfmt_misc lacks the F flag, so that containers do not see the translator";
    }
}
