using VirtualBench.Guests;
using VirtualBench.Guests.Osv;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Targets;

/// <summary>
/// <c>osv</c>: the guest program, the same file that Linux runs, on the unikernel OSv, whose loader the user brings. On virtualisation
/// hardware where that is of use (<c>osv:kvm</c>: there or not at all), else on a translated processor (<c>osv:tcg</c>: always).
/// </summary>
public sealed class OsvTarget(TargetName name, TargetSession session) : ITarget
{
    /// <summary>OSv runs a C program in 24 MiB and a C# one in 64, and has some to spare in this.</summary>
    private const long TrialMemoryBytes = 96 << 20;

    /// <summary>The disks of the guest programs, by program.</summary>
    private readonly Dictionary<string, string> _disks = [];
    private readonly AccelerationChoice _choice = new(name);
    private OsvLoader? _loader;

    /// <summary>The loaders that the user brings.</summary>
    public static IReadOnlyDictionary<string, string> Images { get; } =
        new[] { (GuestArchitecture.X64, "loader-stripped.elf or loader.elf"), (GuestArchitecture.Arm64, "loader.img") }.ToDictionary(
            loader => new TargetName("osv", null, loader.Item1).ToString(),
            loader => $"OSv's {loader.Item2} for {TargetName.ArchitectureName(loader.Item1)}");

    public TargetName Name => name;

    public Acceleration Acceleration => _choice.Acceleration;

    public Isolation Isolation => _choice.IsolationOf("unikernel");

    public LinkKinds Links => MachineLink.Kinds;

    public DiskKinds Disks => DiskKinds.VirtioBlk;

    // The first is the program's own.
    public string DiskPath(GuestDisk disk) => "/dev/vblk1";

    private string ImageName => (name with { Variant = null }).ToString();

    private LibvirtEngine Engine => new(session, OsvMachine.Model(name.Architecture, _choice.IsHardware));

    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (name.Variant is not (null or AccelerationChoice.Kvm or AccelerationChoice.Tcg))
        {
            return new Availability(false, null, $"osv has no variant '{name.Variant}': there are osv:kvm and osv:tcg");
        }

        var remark = await _choice.DecideAsync(cancellation).ConfigureAwait(false);
        if (remark is { Usable: false })
        {
            return remark;
        }

        if (session.Image(ImageName) is not { } file)
        {
            return new Availability(
                false, null, $"OSv is not part of this program: it takes {Images[ImageName]}", $"--image {ImageName}=FILE");
        }

        try
        {
            _loader ??= OsvLoader.FromFile(name.Architecture, file);
        }
        catch (InvalidDataException e)
        {
            return new Availability(false, null, e.Message);
        }

        var engine = await Engine.FindAsync(cancellation).ConfigureAwait(false);
        var version = $"OSv {_loader.Version}{(engine.Version is null ? "" : ", " + engine.Version)}";
        return (engine.Usable ? remark ?? engine : engine) with { Version = version };
    }

    public async Task<Availability> TryAsync(CancellationToken cancellation)
    {
        // Where hardware emulates, OSv would not finish booting in the time that there is for trying.
        var found = await FindAsync(cancellation).ConfigureAwait(false);
        return !found.Usable || _choice.IsEmulatedHardware ? found
            : await Trial.RunAsync(this, session, FindAsync, cancellation, TrialMemoryBytes).ConfigureAwait(false);
    }

    public async Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        if (_loader is null && await FindAsync(cancellation).ConfigureAwait(false) is { Usable: false } missing)
        {
            throw new TargetException(missing.Reason!);
        }

        foreach (var program in programs.Where(program => !_disks.ContainsKey(program.Path)))
        {
            var file = Path.Combine(session.NewScratchDirectory("osv"), "disk");
            using var output = File.Create(file);
            OsvBoot.WriteDisk(output, program.Path);
            _disks[program.Path] = file;
        }

        await Engine.PrepareAsync(cancellation).ConfigureAwait(false);
    }

    public Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        if (_loader is null || !_disks.TryGetValue(launch.Program.Path, out var disk))
        {
            throw new InvalidOperationException("PrepareAsync was not given this program.");
        }

        string commandLine;
        try
        {
            commandLine = OsvBoot.CommandLine(
                name.Architecture, launch.Arguments,
                launch.Link is { Address: var own } ? new OsvAddress(own.Host, own.Mask) : null);
        }
        catch (ArgumentException e)
        {
            throw new TargetException(e.Message, e);
        }

        return Engine.RunAsync(
            launch, new MachineBoot(_loader.Path, null, commandLine, disk, launch.Link) { Measured = launch.Disk }, new OsvGuestEnd(),
            console, cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
