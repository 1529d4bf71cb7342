using System.Text;
using VirtualBench.Guests;
using VirtualBench.Host;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Targets;

/// <summary>
/// <c>unikernel</c>, <c>unikernel:kvm</c>, <c>unikernel:tcg</c>: engine and C probes on bare virtual hardware, in one address space and
/// without a system under them (guests/unikernel). What virtualisation costs when nothing else does.
/// </summary>
/// <param name="image">Another image than the one that was built.</param>
public sealed class UnikernelTarget(TargetName name, TargetSession session, string? image = null) : ITarget
{
    private const long TrialMemoryBytes = 64 << 20;

    // What the kernel takes; see guests/unikernel/arguments.c.
    private const int CommandLineBytes = 2047;
    private const int CommandLineWords = 63;

    /// <summary>
    /// Operations of an iteration where the host emulates each instruction: what takes microseconds on hardware takes some milliseconds.
    /// </summary>
    private const int RawOperations = 100;

    private readonly AccelerationChoice _choice = new(name);
    private LibvirtEngine? _engine;

    public TargetName Name => name;

    public Acceleration Acceleration => _choice.Acceleration;

    public Isolation Isolation => _choice.IsolationOf("unikernel: one address space on virtual hardware");

    public LinkKinds Links => MachineLink.Kinds;

    private string Image { get; } = image ?? BuildOutput.Unikernel(name.Architecture);

    public string? WhyNot(string implementation) =>
        implementation == "c" ? null : "the unikernel holds the C probes: there is no .NET on bare hardware";

    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (name.Variant is not (null or AccelerationChoice.Kvm or AccelerationChoice.Tcg))
        {
            return new Availability(false, null, $"unikernel has no variant '{name.Variant}'", "--targets unikernel:kvm,unikernel:tcg");
        }

        var remark = await _choice.DecideAsync(cancellation).ConfigureAwait(false);
        if (remark is { Usable: false })
        {
            return remark;
        }

        if (!File.Exists(Image))
        {
            return new Availability(
                false, null, $"the unikernel for {TargetName.ArchitectureName(name.Architecture)} has not been built", BuildCommand);
        }

        var found = await Engine().FindAsync(cancellation).ConfigureAwait(false);
        return remark is null ? found : remark with { Version = found.Version };
    }

    public Task<Availability> TryAsync(CancellationToken cancellation) =>
        Trial.RunAsync(this, session, FindAsync, cancellation, TrialMemoryBytes);

    public async Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        // QEMU starts anything, and what is no kernel says nothing for ever.
        var content = await File.ReadAllBytesAsync(Image, cancellation).ConfigureAwait(false);
        if (!IsKernel(content))
        {
            throw new TargetException(
                $"{Image} is no kernel for {TargetName.ArchitectureName(name.Architecture)}, or damaged: {BuildCommand}");
        }

        // The image says which archive it was linked with, as its transcripts will: better found out now.
        if (programs.Any(p => content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(p.ArchiveSha256)) < 0))
        {
            throw new TargetException($"{Image} was built from other probes than the guest programs: {BuildCommand}");
        }

        await Engine().PrepareAsync(cancellation).ConfigureAwait(false);
    }

    public Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        // Where instructions are emulated, those that count in floating point are not: it then counts in whole nanoseconds.
        IReadOnlyList<string> words =
        [
            .. _choice.IsEmulatedHardware ? (IReadOnlyList<string>)[FormattableString.Invariant($"vb.raw={RawOperations}")] : [],
            .. launch.Link is { Address: var own } ? (IReadOnlyList<string>)[$"vb.net={own}"] : [],
            .. launch.Arguments,
        ];
        var commandLine = string.Join(' ', words);
        return words.Count > CommandLineWords || commandLine.Length > CommandLineBytes
            ? throw new TargetException(
                $"the unikernel takes {CommandLineWords} words and {CommandLineBytes} bytes of arguments, not {words.Count} and "
                    + $"{commandLine.Length}: name fewer probes at a time")
            : Engine().RunAsync(
                launch, new MachineBoot(Image, null, commandLine, Link: launch.Link), new UnikernelEnd(), console, cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>x64: an ELF file for the machine EM_X86_64. arm64: the magic of Linux' boot protocol (arm64/booting.rst).</summary>
    private bool IsKernel(ReadOnlySpan<byte> content) => name.Architecture == GuestArchitecture.X64
        ? content.Length > 20 && content.StartsWith("\u007fELF"u8) && content[18] == 62
        : content.Length > 64 && content[56..].StartsWith("ARMd"u8);

    private string BuildCommand => name.IsForeign ? "./build.sh cross" : "./build.sh build";

    // Not before it is decided what it runs on.
    private LibvirtEngine Engine() => _engine ??= new LibvirtEngine(session, Model());

    private VirtualMachineModel Model()
    {
        var model = new VirtualMachineModel(name.Architecture, _choice.IsHardware) { LinkSlot = 4 };
        if (name.Architecture == GuestArchitecture.X64)
        {
            // A string written to the debug port is one instruction, and so one exit, where a UART takes one for each byte.
            model = model with { SerialTarget = "<target type='isa-debug' port='0'><model name='isa-debugcon'/></target>" };
        }

        return _choice.IsEmulatedHardware
            ? model with { Processor = "<cpu mode='custom' match='exact' check='none'><model>qemu64</model></cpu>" }
            : model;
    }
}
