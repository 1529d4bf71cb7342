using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>Options of vbenclose (see vbenclose.c) that several engines need.</summary>
internal static class EnclosureOptions
{
    /// <summary>
    /// Takes version 2's hierarchy away on a host that has version 1 as well: crun refuses such a host, libvirt's containers do not start.
    /// </summary>
    public static IEnumerable<string> OneControlGroupVersion() =>
        ControlGroups.HybridMounts().SelectMany(mount => new[] { "--unmount", mount });

    /// <summary>
    /// An empty file system over each of these directories, for engines that keep state at fixed places: it ends with the enclosure. A
    /// directory that does not exist, or holds what the engine needs, is left as it is.
    /// </summary>
    /// <param name="needed">The engine's own directory.</param>
    public static IEnumerable<string> Emptied(string needed, params IReadOnlyList<string> directories) => directories
        .Where(directory => Directory.Exists(directory)
            && !needed.StartsWith(directory + "/", StringComparison.Ordinal)
            && !ProgramPath.SearchPath.Contains(directory + "/", StringComparison.Ordinal))
        .SelectMany(directory => new[] { "--tmpfs", directory });
}
