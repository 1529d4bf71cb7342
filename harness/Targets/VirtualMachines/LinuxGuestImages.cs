using System.Collections.Concurrent;
using System.Net;
using VirtualBench.Guests;
using VirtualBench.Guests.Linux;
using VirtualBench.Host;
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
    private readonly ConcurrentDictionary<(string Program, bool HasLink), string> _bases = new();
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
            _ = Base(program.Path, hasLink: false);
        }
    }

    /// <summary>The launch's initramfs, in its scratch directory.</summary>
    public string WriteInitramfs(Launch launch)
    {
        var shared = Base(launch.Program.Path, launch.Link is not null);
        var file = Path.Combine(launch.ScratchDirectory, "initramfs");
        File.Copy(shared, file);
        using var output = new FileStream(file, FileMode.Append, FileAccess.Write);
        LinuxBoot.WriteArguments(output, launch.Arguments, Surroundings(launch.Link));
        return file;
    }

    private LinuxSurroundings? Surroundings(GuestLink? link) => link is not { Address: var own } ? null
        : new(new LinuxNetwork(interfaceName, IPAddress.Parse(own.Host), own.PrefixLength, own.Mtu), [], []);

    /// <summary>What all launches of a program share; those with a link have the modules for it, which cost the others nothing.</summary>
    private string Base(string program, bool hasLink) => _bases.GetOrAdd((program, hasLink), _ =>
    {
        var file = Path.Combine(session.NewScratchDirectory("initramfs"), "base");
        using var output = File.Create(file);

        // A kernel that the user brings, or user-mode Linux's, has its drivers built in.
        var modules = hasLink && _kernel is not null ? LinuxBoot.Modules(_kernel, ["virtio_net"], transport) : [];
        LinuxBoot.WriteBase(output, BuildOutput.GuestInit(architecture), program, modules);
        return file;
    });
}
