using System.Collections.Concurrent;
using VirtualBench.Guests;
using VirtualBench.Guests.Linux;
using VirtualBench.Host;
using VirtualBench.Libvirt;
using VirtualBench.Targets.Processes;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Targets;

/// <summary>
/// <c>qemu</c> (translated) and <c>kvm</c> (hardware): a Linux kernel with our PID 1 and the guest program, started through libvirt.
/// </summary>
public sealed class VirtualMachineTarget(TargetName name, TargetSession session, bool hardware) : ITarget
{
    private const string Setup = "./build.sh setup";

    /// <summary>What the kernel needs to start, and some to spare: in 64 MiB an x64 guest does not boot, in 80 it does.</summary>
    private const long TrialMemoryBytes = 128 << 20;

    private readonly VirtualMachineModel _model = new(name.Architecture, hardware);
    private readonly KernelCache _kernels = new();
    private readonly ConcurrentDictionary<string, string> _bases = new();
    private LinuxKernel? _kernel;

    public TargetName Name => name;

    public Acceleration Acceleration => hardware ? Acceleration.Hardware : Acceleration.Emulation;

    public string Isolation =>
        "virtual machine: own kernel, " + (hardware ? "virtualisation hardware" : "processor emulated by TCG") + "; QEMU process";

    public async Task<Availability> TryAsync(CancellationToken cancellation)
    {
        if (!hardware)
        {
            return await Trial.RunAsync(this, session, FindEngineAsync, cancellation, TrialMemoryBytes).ConfigureAwait(false);
        }

        if (name.IsForeign)
        {
            return new Availability(
                false, null,
                "KVM runs guests of the host's own architecture only: use qemu@" + TargetName.ArchitectureName(name.Architecture));
        }

        var verdict = await VirtualMachineCalibration.RunAsync(cancellation).ConfigureAwait(false);
        if (verdict is not { Usable: true, OnRequest: true })
        {
            return verdict.Usable
                ? await Trial.RunAsync(this, session, FindEngineAsync, cancellation, TrialMemoryBytes).ConfigureAwait(false)
                : verdict;
        }

        // A stock kernel would not finish booting in the time that there is for trying.
        try
        {
            var engine = await FindEngineAsync(cancellation).ConfigureAwait(false);
            return engine.Usable ? verdict with { Version = engine.Version } : engine;
        }
        catch (TargetException e)
        {
            return new Availability(false, null, e.Message);
        }
    }

    public async Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation)
    {
        try
        {
            _kernel ??= session.KernelFile(name.Architecture) is { } file
                ? LinuxKernel.FromFile(name.Architecture, file)
                : await _kernels.GetAsync(name.Architecture, cancellation).ConfigureAwait(false);
        }
        catch (KernelException e)
        {
            throw new TargetException(e.Message, e);
        }

        var init = BuildOutput.GuestInit(name.Architecture);
        if (!File.Exists(init))
        {
            throw new TargetException($"{init} has not been built: {(name.IsForeign ? "./build.sh cross" : "./build.sh build")}");
        }

        foreach (var program in programs)
        {
            _ = _bases.GetOrAdd(program.Path, path => WriteBase(init, path));
        }

        // The driver asks a QEMU binary what it can do when it first needs to know: now, not in a measurement.
        await Task.Run(() => AskCapabilities(session.Libvirt.Connect()), cancellation).ConfigureAwait(false);
    }

    public async Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        var kernel = _kernel ?? throw new InvalidOperationException("PrepareAsync comes first.");
        var connection = session.Libvirt.Connect();
        var initramfs = Path.Combine(launch.ScratchDirectory, "initramfs");
        WriteInitramfs(initramfs, launch);
        using IVirtualMachineConsole port = session.Libvirt.IsEmbedded
            ? new SocketConsole(Path.Combine(launch.ScratchDirectory, "console"))
            : new StreamConsole();
        var xml = _model.DomainXml(
            FindEmulator(), launch.Label, launch.Resources, kernel.Path, initramfs,
            LinuxBoot.KernelCommandLine(name.Architecture), port.SourceXml);
        try
        {
            // A thread of its own: a blocked read must not hold up others.
            return await Task.Factory.StartNew(
                () => new VirtualMachineInstance(connection, port, xml).Run(console, cancellation),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            throw new TargetException($"libvirt cannot run the virtual machine: {ErrorTail.Clean(e.Message)}", e);
        }
        finally
        {
            DeleteLog(launch.Label);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<Availability> FindEngineAsync(CancellationToken cancellation)
    {
        if (ProgramPath.Find(_model.Emulator) is null)
        {
            return new Availability(false, null, $"{_model.Emulator} is not installed", Setup);
        }

        if (!LibvirtLibrary.IsInstalled)
        {
            return new Availability(false, null, "libvirt.so.0 is not installed", Setup);
        }

        if (session.Libvirt.IsEmbedded && !Environment.IsPrivilegedProcess)
        {
            // It gives its state to an account of its own, which only root can.
            return new Availability(
                false, null, "libvirt's QEMU driver within this process needs root; --libvirt URI names another libvirt",
                "sudo ./build.sh run");
        }

        // Only the way there: asking the binary what it can do is part of preparing.
        try
        {
            await Task.Run(() => session.Libvirt.Connect().IsAlive, cancellation).ConfigureAwait(false);
        }
        catch (TargetException e)
        {
            return new Availability(false, null, e.Message, Setup);
        }

        var version = $"{await EmulatorVersionAsync(cancellation).ConfigureAwait(false)}, libvirt {LibvirtLibrary.Version}";
        return _kernels.TryGetCached(name.Architecture) is { } kernel
            ? new Availability(true, $"{version}, Linux {kernel.Version.Split(' ')[0]}")
            : new Availability(true, version, "its kernel (some 30 MB) was or will be fetched from Debian's archive, once");
    }

    private async Task<string> EmulatorVersionAsync(CancellationToken cancellation)
    {
        var console = new TextConsole();
        var launch = new ProcessLaunch(FindEmulator(), ["--version"], ["PATH=" + ProgramPath.SearchPath], [], session.Label("version"));
        var outcome = await GuestProcess.RunAsync(launch, console, cancellation).ConfigureAwait(false);
        return outcome is { StartError: 0, End.Status: 0 } && ErrorTail.Clean(console.Text.Split('\n')[0]) is { } line
            ? line.Replace(" emulator version", "", StringComparison.Ordinal)
            : throw new TargetException($"{_model.Emulator} --version fails: {outcome.ErrorText ?? "no output"}");
    }

    private string FindEmulator() =>
        ProgramPath.Find(_model.Emulator) ?? throw new TargetException($"{_model.Emulator} is not installed: {Setup}");

    private void AskCapabilities(Connection connection)
    {
        try
        {
            _ = connection.GetDomainCapabilitiesXml(_model.LibvirtArchitecture, _model.Machine, hardware ? "kvm" : "qemu");
        }
        catch (LibvirtException e)
        {
            throw new TargetException($"libvirt cannot use {_model.Emulator}: {ErrorTail.Clean(e.Message)}", e);
        }
    }

    /// <summary>What all trials of a program share of the initramfs, in the run's scratch directory.</summary>
    private string WriteBase(string init, string program)
    {
        var file = Path.Combine(session.NewScratchDirectory("initramfs"), "base");
        using var output = File.Create(file);
        LinuxBoot.WriteBase(output, init, program, []);
        return file;
    }

    private void WriteInitramfs(string file, Launch launch)
    {
        if (!_bases.TryGetValue(launch.Program.Path, out var shared))
        {
            throw new InvalidOperationException("PrepareAsync was not given this program.");
        }

        File.Copy(shared, file);
        using var output = new FileStream(file, FileMode.Append, FileAccess.Write);
        LinuxBoot.WriteArguments(output, launch.Arguments);
    }

    private void DeleteLog(string label)
    {
        if (session.Libvirt.LogDirectory is { } directory)
        {
            File.Delete(Path.Combine(directory, label + ".log"));
        }
    }
}
