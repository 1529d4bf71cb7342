using System.Security.Cryptography;
using VirtualBench.Guests;
using VirtualBench.Guests.Rumprun;
using VirtualBench.Host;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Targets;

/// <summary>
/// <c>rumprun</c>, <c>rumprun:kvm</c>, <c>rumprun:tcg</c>: the C probes and NetBSD's rump kernel baked into one image, on x64. The user
/// brings the toolchain, which the probes' archive is linked with unchanged, or an image that was baked so.
/// </summary>
public sealed class RumprunTarget(TargetName name, TargetSession session) : ITarget
{
    private const string ImageName = "rumprun";

    /// <summary>Rumprun runs in 8 MiB; the probes' own memory comes on top.</summary>
    private const long TrialMemoryBytes = 64 << 20;

    private readonly AccelerationChoice _choice = new(name);
    private RumprunToolchain? _toolchain;
    private RumprunImage? _image;
    private LibvirtEngine? _engine;

    /// <summary>What the user brings.</summary>
    public static IReadOnlyDictionary<string, string> Images { get; } = new Dictionary<string, string>
    {
        [ImageName] = "the directory of a Rumprun toolchain for x86_64 (hw), or an image baked with these probes",
    };

    public TargetName Name => name;

    public Acceleration Acceleration => _choice.Acceleration;

    public Isolation Isolation => _choice.IsolationOf("rump kernel unikernel: program and kernel in one address space");

    public LinkKinds Links => MachineLink.Kinds;

    public DiskKinds Disks => DiskKinds.VirtioBlk;

    // The whole disk (d on a PC), raw: the block device of the same name goes through a cache.
    public string DiskPath(GuestDisk disk) => "/dev/rld0d";

    /// <summary>The baked image; null before <see cref="PrepareAsync"/>.</summary>
    internal string? ImagePath => _image?.Path;

    public string? WhyNot(string implementation) =>
        implementation == "c" ? null : "Rumprun runs the C probes: there is no .NET for NetBSD's rump kernel";

    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (name.Variant is not (null or AccelerationChoice.Kvm or AccelerationChoice.Tcg))
        {
            return new Availability(false, null, $"rumprun has no variant '{name.Variant}'", "--targets rumprun:kvm,rumprun:tcg");
        }

        if (name.Architecture != GuestArchitecture.X64)
        {
            return new Availability(
                false, null, "Rumprun runs on x64 only: its 64-bit ARM port was never finished", "--targets rumprun@x64");
        }

        var remark = await _choice.DecideAsync(cancellation).ConfigureAwait(false);
        if (remark is { Usable: false })
        {
            return remark;
        }

        string version;
        try
        {
            if (session.Image(ImageName) is not { } path)
            {
                return new Availability(
                    false, null, $"Rumprun is not part of this program: it takes {Images[ImageName]}", $"--image {ImageName}=PATH");
            }

            version = await FindAsync(path, cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            return new Availability(false, null, e.Message);
        }

        var engine = await Engine().FindAsync(cancellation).ConfigureAwait(false);
        version += engine.Version is null ? "" : ", " + engine.Version;
        return (engine.Usable ? remark ?? engine : engine) with { Version = version };
    }

    public Task<Availability> TryAsync(CancellationToken cancellation) =>
        Trial.RunAsync(this, session, FindAsync, cancellation, TrialMemoryBytes);

    public async Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        if (_toolchain is null && _image is null && await FindAsync(cancellation).ConfigureAwait(false) is { Usable: false } missing)
        {
            throw new TargetException(missing.Reason!);
        }

        try
        {
            _image ??= RumprunImage.FromFile(await BakeAsync(_toolchain!, cancellation).ConfigureAwait(false));
            if (programs.Any(program => !_image.Holds(program.ArchiveSha256)))
            {
                throw new TargetException(
                    $"{_image.Path} was baked from other probes than the guest programs: "
                        + (_toolchain is null ? "bake it again, or name the toolchain instead" : BuildCommand));
            }
        }
        catch (InvalidDataException e)
        {
            throw new TargetException(e.Message, e);
        }

        await Engine().PrepareAsync(cancellation).ConfigureAwait(false);
    }

    public Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        var image = _image?.Path ?? throw new InvalidOperationException("PrepareAsync comes first.");
        try
        {
            var commandLine = RumprunBoot.CommandLine(image, launch.Arguments, Address(launch.Link));
            var boot = new MachineBoot(image, null, commandLine, Link: launch.Link) { Measured = launch.Disk };
            return Engine().RunAsync(launch, boot, new RumprunEnd(), console, cancellation);
        }
        catch (ArgumentException e)
        {
            throw new TargetException(e.Message, e);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static RumprunAddress? Address(GuestLink? link) =>
        link is { Address: var own } ? new RumprunAddress(own.Host, own.PrefixLength) : null;

    private string BuildCommand => name.IsForeign ? "./build.sh cross" : "./build.sh build";

    /// <returns>The version of what there is.</returns>
    private async Task<string> FindAsync(string path, CancellationToken cancellation)
    {
        if (Directory.Exists(path))
        {
            _toolchain ??= RumprunToolchain.Find(path);
            return "Rumprun toolchain with " + await _toolchain.VersionAsync(cancellation).ConfigureAwait(false);
        }

        _image ??= RumprunImage.FromFile(path);
        return $"Rumprun baked image {_image.Sha256[..12]}";
    }

    /// <summary>Our port, compiled by Rumprun's compiler, with the archive that every other guest has too.</summary>
    private async Task<string> BakeAsync(RumprunToolchain toolchain, CancellationToken cancellation)
    {
        var archive = BuildOutput.Archive(name.Architecture);
        if (!File.Exists(archive))
        {
            throw new TargetException($"the archive of probes for x64 has not been built: {BuildCommand}");
        }

        var directory = session.NewScratchDirectory("rumprun");
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(archive, cancellation).ConfigureAwait(false)));
        IReadOnlyList<string> inputs =
        [
            "-std=gnu11", "-O2", $"-DVB_BUILD_HASH=\"{hash}\"", "-I" + BuildOutput.Sources("include"),
            .. Directory.GetFiles(BuildOutput.Sources("platform"), "rumprun*.c").Order(StringComparer.Ordinal), archive,
        ];
        return await toolchain.BakeAsync(inputs, directory, session.Label(Path.GetFileName(directory)), cancellation).ConfigureAwait(false);
    }

    // Not before it is decided what it runs on.
    private LibvirtEngine Engine() =>
        _engine ??= new LibvirtEngine(
            session, new VirtualMachineModel(name.Architecture, _choice.IsHardware) { LinkSlot = 4, MeasuredSlot = 5 });
}
