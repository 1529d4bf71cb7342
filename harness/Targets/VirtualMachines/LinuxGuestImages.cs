using System.Collections.Concurrent;
using System.Net;
using VirtualBench.Guests;
using VirtualBench.Guests.Linux;
using VirtualBench.Host;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.Links;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>
/// Kernel and initramfs of Linux guests of one architecture: Debian's cloud kernel or the user's, our PID 1, the guest program, and in each
/// launch its arguments.
/// </summary>
/// <param name="interfaceName">The guest kernel's own name of its network device.</param>
/// <param name="transport">What its virtio devices are found by: <c>virtio_pci</c> or <c>virtio_mmio</c>.</param>
internal sealed class LinuxGuestImages(
    TargetSession session, GuestArchitecture architecture, string interfaceName = "eth0", string transport = "virtio_pci")
{
    /// <summary>What the kernel needs to start, and some to spare: in 64 MiB an x64 guest does not boot, in 80 it does.</summary>
    public const long TrialMemoryBytes = 128 << 20;

    private readonly KernelCache _kernels = new();
    private readonly ConcurrentDictionary<(string Program, string Device), string> _bases = new();
    private LinuxKernel? _kernel;

    /// <summary>The kernel's file.</summary>
    /// <exception cref="InvalidOperationException">Not prepared.</exception>
    public string Kernel => _kernel?.Path ?? throw new InvalidOperationException("PrepareAsync comes first.");

    /// <summary>Adds to what was found of the engine which kernel its guests get.</summary>
    public Availability Describe(Availability engine) => session.KernelFile(architecture) is { } file
        ? engine with { Version = $"{engine.Version}, kernel {Path.GetFileName(file)}" }
        : _kernels.TryGetCached(architecture) is { } kernel
        ? engine with { Version = $"{engine.Version}, Linux {kernel.Version.Split(' ')[0]}" }
        : engine with { Reason = "its kernel (some 30 MB) was or will be fetched from Debian's archive, once" };

    /// <summary>Fetches the kernel if need be, and writes what all launches of a program share.</summary>
    /// <exception cref="TargetException">There is no kernel to be had, or our PID 1 has not been built.</exception>
    public async Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        try
        {
            _kernel ??= session.KernelFile(architecture) is { } file
                ? LinuxKernel.FromFile(architecture, file)
                : await _kernels.GetAsync(architecture, cancellation).ConfigureAwait(false);
        }
        catch (KernelException e)
        {
            throw new TargetException(e.Message, e);
        }

        PrepareInitramfs(programs);
    }

    /// <summary>The initramfs alone, for a guest that has a kernel of its own.</summary>
    /// <exception cref="TargetException">Our PID 1 has not been built.</exception>
    public void PrepareInitramfs(IReadOnlyList<GuestProgram> programs)
    {
        var init = BuildOutput.GuestInit(architecture);
        if (!File.Exists(init))
        {
            var isForeign = architecture != TargetName.HostArchitecture;
            throw new TargetException($"{init} has not been built: {(isForeign ? "./build.sh cross" : "./build.sh build")}");
        }

        foreach (var program in programs)
        {
            _ = Base(program.Path, device: "");
        }
    }

    /// <summary>The launch's initramfs, in its scratch directory.</summary>
    public string WriteInitramfs(Launch launch)
    {
        var shared = Base(launch.Program.Path, Device(launch));
        var file = Path.Combine(launch.ScratchDirectory, "initramfs");
        File.Copy(shared, file);
        using var output = new FileStream(file, FileMode.Append, FileAccess.Write);
        LinuxBoot.WriteArguments(output, launch.Arguments, Surroundings(launch));
        return file;
    }

    private LinuxSurroundings Surroundings(Launch launch) => new(
        launch.Link is { Address: var own }
            ? new LinuxNetwork(interfaceName, IPAddress.Parse(own.Host), own.PrefixLength, own.Mtu)
            : null,
        launch.Disk switch
        {
            VirtiofsDisk => [new LinuxMount("virtiofs", MachineDisk.Tag, GuestDisk.MountPoint)],
            // Requests as large as virtio takes them.
            NinePDisk => [new LinuxMount("9p", MachineDisk.Tag, GuestDisk.MountPoint, "trans=virtio,version=9p2000.L,msize=512000")],
            _ => [],
        },
        launch.Disk switch
        {
            ImageDisk { IsScsi: true } => ["/dev/sda"],
            ImageDisk => ["/dev/vda"],
            _ => [],
        });

    /// <summary>The driver of what the guest has, as the kernel names it; empty: it has nothing.</summary>
    private static string Device(Launch launch) => launch switch
    {
        { Link: not null } => "virtio_net",
        { Disk: ImageDisk { IsScsi: true } } => "virtio_scsi",
        { Disk: ImageDisk } => "virtio_blk",
        { Disk: VirtiofsDisk } => "virtiofs",
        { Disk: NinePDisk } => "9p",
        _ => "",
    };

    /// <summary>What all launches of a program share; those with a device have the modules for it, which cost the others nothing.</summary>
    private string Base(string program, string device) => _bases.GetOrAdd((program, device), _ =>
    {
        var file = Path.Combine(session.NewScratchDirectory("initramfs"), "base");
        using var output = File.Create(file);

        // A kernel that the user brings, or user-mode Linux's, has its drivers built in.
        var modules = device.Length > 0 && _kernel is not null ? LinuxBoot.Modules(_kernel, [device], transport) : [];
        LinuxBoot.WriteBase(output, BuildOutput.GuestInit(architecture), program, modules);
        return file;
    });
}
