using VirtualBench.Host;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets;

/// <summary><c>native</c>: a process of its own on the bare host, on the processors that every other target gets. The baseline.</summary>
public sealed class NativeTarget(TargetName name, TargetSession session) : ITarget
{
    public TargetName Name => name;

    public Acceleration Acceleration => Acceleration.None;

    public Isolation Isolation { get; } = new(IsolationLayers.None, "a process of the host");

    public LinkKinds Links => LinkKinds.Host | LinkKinds.Namespace;

    public DiskKinds Disks => DiskKinds.Directory;

    public string DiskPath(GuestDisk disk) => ((DirectoryDisk)disk).Path;

    public Task<Availability> FindAsync(CancellationToken cancellation) => Task.FromResult(FindEngine());

    public Task<Availability> TryAsync(CancellationToken cancellation) => Trial.RunAsync(this, session, FindAsync, cancellation);

    public Task PrepareAsync(IReadOnlyList<Guests.GuestProgram> programs, CancellationToken cancellation) => Task.CompletedTask;

    public async Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        var outcome = await GuestProcess.RunAsync(
            new ProcessLaunch(
                launch.Program.Path,
                launch.Arguments,
                [$"{InstanceProcesses.Variable}={launch.Label}"],
                launch.Resources.HostCpus,
                launch.Label)
            {
                Network = launch.Link?.Namespace,
            },
            console,
            cancellation).ConfigureAwait(false);
        return outcome switch
        {
            { StartError: Libc.ErrorExecFormat } =>
                new InstanceEnd(null, $"exec format error: {launch.Program.Path} is no program for this processor"),
            { StartError: Libc.ErrorNoEntry } =>
                throw new TargetException($"no guest program at {launch.Program.Path}: run ./build.sh build"),
            _ when outcome.WhyNotStarted(launch.Program.Path) is { } refusal => throw new TargetException(refusal),
            { End.Signal: { } signal } => new InstanceEnd(null, WithText("killed by " + SignalName.Of(signal), outcome.ErrorText)),
            _ => new InstanceEnd(outcome.End.Status, null),
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Availability FindEngine() => name switch
    {
        { Variant: not null } => new Availability(false, null, "native has no variants", "--targets native"),
        { IsForeign: true } => new Availability(
            false, null,
            $"this host is {TargetName.ArchitectureName(TargetName.HostArchitecture)}: code of another architecture is not native"),
        _ => new Availability(true, HostKernel.Version()),
    };

    private static string WithText(string fault, string? errorText) => errorText is null ? fault : $"{fault}: {errorText}";
}
