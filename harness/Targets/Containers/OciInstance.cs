using System.Text.Json;
using VirtualBench.Guests.Containers;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>One container of a runtime: its bundle, state and log, all in the trial's scratch directory.</summary>
internal sealed class OciInstance(OciRuntime runtime, Launch launch)
{
    /// <summary>The name of the directory that a runtime keeps its state in; what clean looks for.</summary>
    public const string StateName = "oci-_state";

    private readonly string _bundle = Path.Combine(launch.ScratchDirectory, "bundle");
    private readonly string _state = Path.Combine(launch.ScratchDirectory, StateName);
    private readonly string _log = Path.Combine(launch.ScratchDirectory, "oci-_log");

    public void WriteBundle()
    {
        Directory.CreateDirectory(_bundle);
        var resources = launch.Resources;
        OciBundle.Write(_bundle, new OciBundleContent(launch.Program.Path, launch.Arguments)
        {
            CgroupPath = $"{ControlGroups.Parent}/{launch.Label}",
            MemoryBytes = resources.MemoryBytes,
            HostCpus = resources.HostCpus,
            Cpus = ProcessorQuota.Of(resources),
            NetworkNamespacePath = launch.Link?.Namespace?.Path,
            HostNetwork = launch.Link is HostLink,
            DiskDirectory = (launch.Disk as DirectoryDisk)?.Path,
            OverlayDirectory = (launch.Disk as OverlayDisk)?.Path,
        });
    }

    public ProcessLaunch Run() => Command("run", "--bundle", _bundle, launch.Label);

    /// <summary>
    /// How the guest ended: the runtime passes its status on, and writes its own failures, which have the same status, to its log.
    /// </summary>
    /// <param name="killedForMemory">The kernel has killed somebody for want of memory meanwhile.</param>
    public InstanceEnd EndOf(ProcessOutcome outcome, bool killedForMemory)
    {
        if (outcome.End.Signal is { } signal)
        {
            return new InstanceEnd(null, "the runtime was killed by " + SignalName.Of(signal));
        }

        if (outcome.End.Status is not { } status)
        {
            return new InstanceEnd(null, null);
        }

        return status == 0 ? new InstanceEnd(0, null)
            : LastError(File.Exists(_log) ? File.ReadAllText(_log) : "") is { } refusal
                ? new InstanceEnd(null, "the runtime refused: " + refusal)
            : killedForMemory && SignalName.InStatus(status) == Libc.Sigkill
                ? OutOfMemory.Fault(launch.Resources)
            : RuntimeEnd.Of(status, outcome.ErrorText);
    }

    /// <summary>Kills and deletes what <c>run</c> did not: it deletes the container itself when it lives to see it end.</summary>
    public async Task DeleteAsync()
    {
        if (Directory.Exists(Path.Combine(_state, launch.Label)))
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            var outcome = await GuestProcess.RunAsync(Command("delete", "--force", launch.Label), new TextConsole(), limit.Token)
                .ConfigureAwait(false);
            if (outcome.End.Status != 0 && Directory.Exists(Path.Combine(_state, launch.Label)))
            {
                throw new TargetException(
                    $"{runtime.Path} could not delete {launch.Label}: {outcome.ErrorText ?? LastError(File.ReadAllText(_log))}; "
                        + "run the clean command");
            }
        }

        ControlGroups.Remove(launch.Label);
    }

    /// <summary>The last message of level error in a runtime's JSON log; null when there is none.</summary>
    internal static string? LastError(string text)
    {
        string? last = null;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                using var entry = JsonDocument.Parse(line);
                if (entry.RootElement.TryGetProperty("level", out var level) && level.ValueEquals("error")
                    && entry.RootElement.TryGetProperty("msg", out var message))
                {
                    last = message.GetString();
                }
            }
            catch (JsonException)
            {
                // A line that was cut off, by a full disk say.
            }
        }

        return last is null ? null : ErrorTail.Clean(last);
    }

    private ProcessLaunch Command(params IReadOnlyList<string> arguments) =>
        runtime.Start(launch.Label, [], ["--root", _state, "--log", _log, "--log-format", "json", .. arguments]);
}
