using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using VirtualBench.Targets.Interop;

namespace VirtualBench.Targets.Leftovers;

/// <summary>Mounts in the scratch directories of dead runs.</summary>
public sealed partial class MountLeftovers : ILeftovers
{
    private const int Detach = 2;

    public Task<IReadOnlyList<Leftover>> FindAsync(LeftoverScope scope, CancellationToken cancellation)
    {
        // The latest first: it may lie on, or below, an earlier one.
        IReadOnlyList<Leftover> found =
        [
            .. PointsIn(File.ReadLines("/proc/self/mountinfo")).Where(point => point.Split('/').Any(scope.Covers)).Reverse()
                .Select(point => new Leftover("mount", point, "mount", _ => UnmountAsync(point))),
        ];
        return Task.FromResult(found);
    }

    /// <summary>
    /// Mount points in lines of /proc/PID/mountinfo: the fifth field, in which blanks and the like are octal (<c>\040</c>).
    /// </summary>
    internal static IEnumerable<string> PointsIn(IEnumerable<string> mountinfo) => mountinfo
        .Select(line => line.Split(' '))
        .Where(fields => fields.Length > 4)
        .Select(fields => Octal().Replace(fields[4], match => ((char)Convert.ToInt32(match.Value[1..], 8)).ToString()));

    private static Task UnmountAsync(string point)
    {
        if (Libc.Unmount(point, Detach) < 0 && PointsIn(File.ReadLines("/proc/self/mountinfo")).Contains(point))
        {
            throw new TargetException(
                $"cannot unmount {point}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}; sudo umount -l {point}");
        }

        return Task.CompletedTask;
    }

    [GeneratedRegex(@"\\[0-7]{3}", RegexOptions.CultureInvariant)]
    private static partial Regex Octal();
}
