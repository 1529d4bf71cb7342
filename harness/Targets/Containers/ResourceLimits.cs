using System.Globalization;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// podman raises the limits of open files and processes for each container, to numbers of its own; where the host has forbidden that, no
/// container starts. So it is told to keep the host's.
/// </summary>
internal static class ResourceLimits
{
    /// <summary>podman sets this limit for itself before it starts anything, and a container's cannot be above it.</summary>
    private const long PodmanProcesses = 32 * 1024;

    /// <param name="limits">Lines of <c>/proc/PID/limits</c>: the limit's name, the soft and the hard one, the unit, in columns.</param>
    public static IReadOnlyList<string> Options(IEnumerable<string> limits)
    {
        List<string> options = [];
        foreach (var line in limits)
        {
            var (name, most) = line.StartsWith("Max open files ", StringComparison.Ordinal) ? ("nofile", long.MaxValue)
                : line.StartsWith("Max processes ", StringComparison.Ordinal) ? ("nproc", PodmanProcesses)
                : ("", 0L);
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (name.Length > 0 && fields.Length >= 5 && Parse(fields[^3]) is { } soft && Parse(fields[^2]) is { } hard)
            {
                options.AddRange(["--ulimit", FormattableString.Invariant($"{name}={Math.Min(soft, most)}:{Math.Min(hard, most)}")]);
            }
        }

        return options;
    }

    /// <returns>Null for a limit that is none: podman's own is left as it is.</returns>
    private static long? Parse(string field) => long.TryParse(field, CultureInfo.InvariantCulture, out var number) ? number : null;
}
