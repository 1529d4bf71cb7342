using System.Text;
using VirtualBench.Targets.Interop;

namespace VirtualBench.Targets.Processes;

/// <summary>
/// Processes found by the variable that everything of ours carries in its environment, with the instance's label or the run's as value:
/// what left its process group, or outlived the run, is still known by it.
/// </summary>
internal static class InstanceProcesses
{
    public const string Variable = "VIRTUALBENCH_RUN";

    /// <summary>Kills every process of the instance and waits until none is left, 2 s at most. An empty label is nobody's.</summary>
    public static void Kill(string label)
    {
        if (label.Length == 0)
        {
            return;
        }

        for (var deadline = Environment.TickCount64 + 2000; Environment.TickCount64 < deadline; Thread.Sleep(2))
        {
            var found = Find(value => value == label);
            if (found.Count == 0)
            {
                return;
            }

            foreach (var (process, _) in found)
            {
                _ = Libc.Kill(process, Libc.Sigkill);
            }
        }
    }

    /// <summary>
    /// Processes whose variable's value is accepted, with that value; zombies have no environment and so are not among them.
    /// </summary>
    public static IReadOnlyList<(int Process, string Value)> Find(Func<string, bool> accepts)
    {
        List<(int, string)> found = [];
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out var process)
                && process != Environment.ProcessId
                && LabelOf(process) is { } value
                && accepts(value))
            {
                found.Add((process, value));
            }
        }

        return found;
    }

    /// <summary>The label that a process carries; null when it carries none.</summary>
    public static string? LabelOf(int process)
    {
        byte[] environment;
        try
        {
            environment = File.ReadAllBytes($"/proc/{process}/environ");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // ended meanwhile, or another user's
        }

        var prefix = Encoding.ASCII.GetBytes(Variable + "=");
        foreach (var entry in environment.AsSpan().Split((byte)0))
        {
            var text = environment.AsSpan(entry);
            if (text.StartsWith(prefix))
            {
                return Encoding.UTF8.GetString(text[prefix.Length..]);
            }
        }

        return null;
    }
}
