using VirtualBench.Guests;
using VirtualBench.Guests.Containers;
using VirtualBench.Guests.Linux;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Targets.Described;

/// <summary>
/// What an engine's guests are started from, made when the description mentions it: a kernel, an initramfs, a container image.
/// </summary>
internal sealed class GuestMaterial(TargetName name, TargetSession session, Func<string, bool> mentions)
{
    /// <summary>What the kernel of a Linux guest needs to start, and some to spare; any other engine gets what a process needs.</summary>
    private const long LinuxMemoryBytes = 128L << 20, ProcessMemoryBytes = 64L << 20;

    private readonly LinuxGuestImages _linux = new(session, name.Architecture);

    public long LeastMemoryBytes => mentions("initramfs") ? LinuxMemoryBytes : ProcessMemoryBytes;

    /// <summary>Adds to what was found of the engine which kernel its guests get.</summary>
    public Availability Describe(Availability engine) => mentions("kernel") ? _linux.Describe(engine) : engine;

    /// <summary>Makes what all starts of a program share.</summary>
    /// <param name="shared">An empty directory for it.</param>
    /// <param name="label">Names it wherever it takes a name.</param>
    /// <exception cref="TargetException">Something of it is not to be had.</exception>
    public async Task<IReadOnlyList<(string Name, string Value)>> PrepareAsync(
        GuestProgram program, string shared, string label, CancellationToken cancellation)
    {
        List<(string, string)> made =
        [
            ("program", program.Path), ("implementation", program.Implementation), ("shared", shared), ("sharedLabel", label),
        ];
        IReadOnlyList<GuestProgram> inInitramfs = mentions("initramfs") ? [program] : [];
        if (mentions("kernel"))
        {
            await _linux.PrepareAsync(inInitramfs, cancellation).ConfigureAwait(false);
            made.Add(("kernel", _linux.Kernel));
        }
        else if (inInitramfs.Count > 0)
        {
            _linux.PrepareInitramfs(inInitramfs);
        }

        if (mentions("rootfs"))
        {
            var root = Path.Combine(shared, "rootfs");
            OciBundle.WriteRoot(root, program.Path);
            made.Add(("rootfs", root));
        }

        if (mentions("ociImage") || mentions("ociTag"))
        {
            var (file, tag) = (Path.Combine(shared, "image.tar"), $"{label}:{program.Sha256[..12]}");
            using var output = File.Create(file);
            OciImage.Write(output, new OciImageContent(program.Architecture, program.Path, tag, new Dictionary<string, string>()));
            made.AddRange([("ociImage", file), ("ociTag", tag)]);
        }

        return made;
    }

    /// <summary>Makes what a start has of its own, in its scratch directory.</summary>
    public IReadOnlyList<(string Name, string Value)> Make(Launch launch)
    {
        List<(string, string)> made = [("kernelArguments", LinuxBoot.KernelCommandLine(name.Architecture))];
        if (mentions("initramfs"))
        {
            made.Add(("initramfs", _linux.WriteInitramfs(launch)));
        }

        if (mentions("bundle"))
        {
            var bundle = Directory.CreateDirectory(Path.Combine(launch.ScratchDirectory, "bundle")).FullName;
            OciBundle.Write(bundle, new OciBundleContent(launch.Program.Path, launch.Arguments)
            {
                CgroupPath = $"{ControlGroups.Parent}/{launch.Label}",
                MemoryBytes = launch.Resources.MemoryBytes,
                HostCpus = launch.Resources.HostCpus,
                Cpus = ProcessorQuota.Of(launch.Resources),
            });
            made.Add(("bundle", bundle));
        }

        return made;
    }
}
