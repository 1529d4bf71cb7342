using System.Text.RegularExpressions;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// What systemd-nspawn says of an end. It hands on the program's exit status, but has the same status, 1, for failures of its own and for a
/// program that a signal killed; what happened is on standard error, which the program shares.
/// </summary>
internal static partial class NspawnEnd
{
    /// <summary>Marks its own lines with their place in systemd's source, so that they can be told from the program's.</summary>
    public static IReadOnlyList<string> LogSettings { get; } =
        ["SYSTEMD_LOG_TARGET=console", "SYSTEMD_LOG_LOCATION=1", "SYSTEMD_LOG_COLOR=0", "SYSTEMD_LOG_LEVEL=warning"];

    public static InstanceEnd Of(ProcessOutcome outcome, Resources resources, bool killedForMemory)
    {
        if (outcome.End.Signal is { } signal)
        {
            return new InstanceEnd(null, "systemd-nspawn was killed by " + SignalName.Of(signal));
        }

        var said = outcome.ErrorLines.Select(line => OwnLine().Match(line)).LastOrDefault(match => match.Success)?.Groups["what"].Value;
        if (outcome.End.Status != 1 || said is null)
        {
            return new InstanceEnd(outcome.End.Status, null);
        }

        if (Killed().Match(said) is { Success: true } killed)
        {
            var last = outcome.ErrorLines.LastOrDefault(line => !OwnLine().IsMatch(line));
            return killedForMemory && killed.Groups["signal"].Value == "KILL"
                ? OutOfMemory.Fault(resources)
                : new InstanceEnd(null, $"killed by SIG{killed.Groups["signal"].Value}{(last is null ? "" : ": " + last)}");
        }

        // What the kernel refuses it gives to a shell, as shells do; it is the shell that is not there.
        return new InstanceEnd(
            null,
            NoShell().IsMatch(said) ? "exec format error: it is no program for this processor" : "systemd-nspawn refused: " + said);
    }

    // src/nspawn/nspawn.c:2942: Container virtualbench-r-1 terminated by signal SEGV.
    [GeneratedRegex(@"^(\.\./)?src/[a-z0-9/._-]+:[0-9]+: (?<what>.+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex OwnLine();

    [GeneratedRegex(@"terminated by signal (?<signal>[A-Z0-9+-]+)\.$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Killed();

    [GeneratedRegex(@"^execv\(.*\) failed: No such file or directory$", RegexOptions.CultureInvariant)]
    private static partial Regex NoShell();
}
