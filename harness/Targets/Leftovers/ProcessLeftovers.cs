using System.Text;
using System.Text.RegularExpressions;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Leftovers;

/// <summary>
/// Processes of dead runs: by the variable that we give everything, or, for engines that clear their environment (libvirt starts QEMU so),
/// by a label of ours on the command line of a program that could be ours.
/// </summary>
public sealed partial class ProcessLeftovers : ILeftovers
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    public Task<IReadOnlyList<Leftover>> FindAsync(LeftoverScope scope, CancellationToken cancellation)
    {
        var ourselves = Ancestors();
        IReadOnlyList<Leftover> found =
        [
            .. InstanceProcesses.Find(scope.Covers).Concat(FindByCommandLine(scope.Covers)).DistinctBy(found => found.Process)
                .Where(found => !ourselves.Contains(found.Process))
                .Select(found => new Leftover(
                    "process", $"{found.Process}", $"{NameOf(found.Process)} of {found.Value}",
                    token => KillAsync(found.Process, found.Value, token))),
        ];
        return Task.FromResult(found);
    }

    /// <summary>A label of ours on the command line of an engine's program; null when there is none.</summary>
    /// <param name="commandLine">Arguments separated by zero bytes, as in /proc/PID/cmdline.</param>
    internal static string? LabelIn(string commandLine)
    {
        var program = Path.GetFileName(commandLine.Split('\0')[0]);
        return EngineProgram().IsMatch(program) && OurLabel().Match(commandLine) is { Success: true } match ? match.Value : null;
    }

    private static IEnumerable<(int Process, string Value)> FindByCommandLine(Func<string, bool> accepts) =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Select(name => int.TryParse(name, out var process) ? process : 0)
            .Where(process => process > 0 && process != Environment.ProcessId)
            .Select(process => (process, label: LabelIn(Read($"/proc/{process}/cmdline"))))
            .Where(found => found.label is not null && accepts(found.label))
            .Select(found => (found.process, found.label!));

    private static async Task KillAsync(int process, string label, CancellationToken cancellation)
    {
        var deadline = Environment.TickCount64 + (long)EndLimit.TotalMilliseconds;
        // Looked up again each time: the number may belong to another by now.
        while (InstanceProcesses.Find(value => value == label).Concat(FindByCommandLine(value => value == label))
            .Any(found => found.Process == process))
        {
            _ = Libc.Kill(process, Libc.Sigkill);
            if (Environment.TickCount64 > deadline)
            {
                throw new TargetException($"process {process} ({label}) does not end: is it another user's? sudo kill -9 {process}");
            }

            await Task.Delay(5, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>We and those who started us, who may carry a run's variable too: vbenclose starts clean.</summary>
    private static HashSet<int> Ancestors()
    {
        HashSet<int> found = [];
        for (var process = Environment.ProcessId; process > 0 && found.Add(process);)
        {
            var parent = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("PPid:", StringComparison.Ordinal));
            process = int.Parse(parent["PPid:".Length..], System.Globalization.CultureInfo.InvariantCulture);
        }

        return found;
    }

    private static string NameOf(int process) => Read($"/proc/{process}/comm").Trim() is { Length: > 0 } name ? name : "a process";

    private static string Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // ended meanwhile, or another user's
        }
    }

    [GeneratedRegex(@"\A(qemu-system-[a-z0-9_]+|qemu-kvm|linux\.uml|dockerd|containerd|containerd-shim[a-z0-9-]*|runc|crun|podman|conmon"
        + @"|libvirtd|libvirt_lxc|systemd-nspawn|vbenclose|ovsdb-server|ovs-vswitchd|ovs-vswitchd-dpdk|dpdk-testpmd)\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex EngineProgram();

    // At the start of an argument, of a path's component, or of a value: guest=virtualbench-RUN-1, /tmp/virtualbench-RUN/...
    [GeneratedRegex(@"(?<=[\0/=])virtualbench-[A-Za-z0-9._-]+", RegexOptions.CultureInvariant)]
    private static partial Regex OurLabel();
}
