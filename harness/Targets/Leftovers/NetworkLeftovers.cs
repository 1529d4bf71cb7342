using System.Text.Json;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Leftovers;

/// <summary>
/// Network links and network namespaces whose names begin with <c>vb-</c>. With the hyphen, for <c>vboxnet0</c> is VirtualBox's. Their
/// names are too short for a run's id, so that they are left alone while any run lives.
/// </summary>
public sealed class NetworkLeftovers : ILeftovers
{
    public const string Prefix = "vb-";

    public async Task<IReadOnlyList<Leftover>> FindAsync(LeftoverScope scope, CancellationToken cancellation)
    {
        if (!scope.CoversAnonymous || ProgramPath.Find("ip") is not { } ip)
        {
            return [];
        }

        var links = await HostCommand.RunAsync(ip, ["-j", "link", "show"], cancellation).ConfigureAwait(false);
        var namespaces = await HostCommand.RunAsync(ip, ["-j", "netns", "list"], cancellation).ConfigureAwait(false);
        return
        [
            .. NamesIn(links.Output, "ifname").Select(name => new Leftover("link", name, "network link", Delete(ip, "link", name))),
            .. NamesIn(namespaces.Output, "name")
                .Select(name => new Leftover("netns", name, "network namespace", Delete(ip, "netns", name))),
        ];
    }

    /// <summary>The names of ours in what <c>ip -j</c> prints: an array of objects, or nothing at all.</summary>
    internal static IReadOnlyList<string> NamesIn(string json, string property)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return [];
        }

        using var document = JsonDocument.Parse(json);
        return
        [
            .. document.RootElement.EnumerateArray()
                .Select(entry => entry.TryGetProperty(property, out var name) ? name.GetString() : null)
                .OfType<string>().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)),
        ];
    }

    private static Func<CancellationToken, Task> Delete(string ip, string kind, string name) => async cancellation =>
    {
        var done = await HostCommand.RunAsync(ip, [kind, "delete", name], cancellation).ConfigureAwait(false);
        // "No such": its other end, or its namespace, took it along.
        if (done.Status != 0 && done.Error?.Contains("No such", StringComparison.Ordinal) != true
            && done.Error?.Contains("Cannot find", StringComparison.Ordinal) != true)
        {
            throw new TargetException($"cannot delete {kind} {name}: {done.Error}; sudo ip {kind} delete {name}");
        }
    };
}
