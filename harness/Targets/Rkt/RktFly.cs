using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Rkt;

/// <summary>
/// The flavor fly: a chroot with the host's /dev, /proc and /sys. rkt becomes the stage 1, and that the program, by exec.
/// </summary>
internal sealed class RktFly : IRktFlavor
{
    public string Name => "fly";

    public string Stage1ImageName => "rkt.stage1";

    public Isolation Isolation { get; } = new(
        IsolationLayers.Mount,
        "a chroot, in a mount namespace that VirtualBench makes; rkt's flavor fly has no other: pid, net, ipc, uts and cgroup are "
            + "the host's, with all capabilities, /dev, /proc and /sys writable, and no memory limit");

    public TimeSpan? TrialLimit => null;

    public string? WhyOnRequest => null;

    public bool OnTerminal => false;

    public Availability? WhyNot() => null;

    public void Prepare(string directory)
    {
    }

    public RktStart Begin(Launch launch) => new([RktStore.PrivateMounts], ProgramPath.SearchPath, ["--net=host"], []);

    public void Release(Launch launch)
    {
    }

    public InstanceEnd EndOf(ProcessEnd end, string? said) => end.Signal is { } signal
        ? new InstanceEnd(null, "killed by " + SignalName.Of(signal) + (said is null ? "" : ": " + said))
        : new InstanceEnd(end.Status, null);
}
