using VirtualBench.Guests;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Targets;

/// <summary>
/// What the targets of one run share. Disposing it ends what was started on the way, such as a private Docker daemon; dispose the
/// targets first.
/// </summary>
/// <param name="run">The run's id; every label begins with <c>virtualbench-RUN</c>.</param>
/// <param name="scratchDirectory">A directory of the run's own, see <see cref="RunScratch"/>.</param>
/// <param name="enclosure">The program vbenclose; null when it has not been built.</param>
/// <param name="findProgram">The built guest program of an implementation (<c>c</c>, <c>cs</c>) for an architecture; null when there is
/// none.</param>
/// <param name="libvirtUri">The libvirt that virtual machines are started through; null: its driver in this process.</param>
/// <param name="kernels">Kernels that the user brings, each <c>FILE</c> (for the host's architecture), <c>x64=FILE</c> or
/// <c>arm64=FILE</c>.</param>
/// <param name="images">Files that the user brings for an engine, by name: see <see cref="Image"/>.</param>
public sealed class TargetSession(
    string run, string scratchDirectory, string? enclosure, Func<string, GuestArchitecture, GuestProgram?> findProgram,
    string? libvirtUri = null, IReadOnlyList<string>? kernels = null, IReadOnlyDictionary<string, string>? images = null)
    : IAsyncDisposable
{
    private int _scratchNumber;

    public string Run => run;

    public string ScratchDirectory => scratchDirectory;

    public string? Enclosure => enclosure;

    /// <summary>The container runtimes that targets of the run name, so that a private daemon knows them from its start.</summary>
    public IReadOnlyList<string> ContainerRuntimes { get; init; } = [];

    internal DockerDaemons Docker => field ??= new DockerDaemons(this);

    internal PodmanStore Podman => field ??= new PodmanStore(this);

    internal PrivateLibvirtDaemon Lxc => field ??= new PrivateLibvirtDaemon(this);

    internal LibvirtHypervisor Libvirt => field ??= new LibvirtHypervisor(this, libvirtUri);

    /// <summary>The kernel file that the user gave for an architecture; null when virtual machines boot Debian's.</summary>
    internal string? KernelFile(GuestArchitecture architecture)
    {
        foreach (var given in kernels ?? [])
        {
            var equals = given.IndexOf('=', StringComparison.Ordinal);
            var (name, file) = equals < 0
                ? (TargetName.ArchitectureName(TargetName.HostArchitecture), given)
                : (given[..equals], given[(equals + 1)..]);
            if (name == TargetName.ArchitectureName(architecture))
            {
                return file;
            }
        }

        return null;
    }

    /// <summary>
    /// What the user brings for an engine (a loader, a toolchain, a program): the file that <c>--image NAME=FILE</c> or the configuration
    /// gives for this name, e.g. <c>osv</c>, <c>osv@arm64</c>, <c>rkt.stage1</c>. Null when there is none. Not looked at: it may not exist.
    /// </summary>
    public string? Image(string name) => images?.GetValueOrDefault(name);

    public GuestProgram? FindProgram(string implementation, GuestArchitecture architecture) => findProgram(implementation, architecture);

    public async ValueTask DisposeAsync()
    {
        Libvirt.Dispose();
        await Lxc.DisposeAsync().ConfigureAwait(false);
        await Docker.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The label of something that belongs to the run and to no trial.</summary>
    internal string Label(string what) => $"{RunScratch.Prefix}{run}-{what}";

    /// <summary>A new empty directory; it goes when the run's scratch directory goes, if not earlier.</summary>
    internal string NewScratchDirectory(string what) =>
        Directory.CreateDirectory(Path.Combine(scratchDirectory, $"{what}-{Interlocked.Increment(ref _scratchNumber)}")).FullName;
}
