using VirtualBench.Libvirt;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>
/// QEMU through libvirt, for one model of machine: what every target that is a virtual machine stands on, whatever its guest is.
/// </summary>
internal sealed class LibvirtEngine(TargetSession session, VirtualMachineModel model)
{
    private const string Setup = "./build.sh setup";

    public VirtualMachineModel Model => model;

    /// <summary>Whether QEMU and libvirt are there; the version names both.</summary>
    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (QemuProgram.WhyAbsent(model.Architecture) is { } absent)
        {
            return absent;
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
            return new Availability(
                true,
                $"{await QemuProgram.VersionAsync(model.Architecture, cancellation).ConfigureAwait(false)}, "
                + $"libvirt {LibvirtLibrary.Version}");
        }
        catch (TargetException e)
        {
            return new Availability(false, null, e.Message, Setup);
        }
    }

    /// <summary>The driver asks a QEMU binary what it can do when it first needs to know: now, not in a measurement.</summary>
    /// <exception cref="TargetException">libvirt cannot use it.</exception>
    public Task PrepareAsync(CancellationToken cancellation) => Task.Run(
        () =>
        {
            try
            {
                _ = session.Libvirt.Connect().GetDomainCapabilitiesXml(
                    model.LibvirtArchitecture, model.Machine, model.Hardware ? "kvm" : "qemu");
            }
            catch (LibvirtException e)
            {
                throw new TargetException($"libvirt cannot use {model.Emulator}: {ErrorTail.Clean(e.Message)}", e);
            }
        },
        cancellation);

    /// <summary>Starts a machine, hands on its console, and returns when the machine is gone.</summary>
    /// <param name="end">What reads the guest's last words.</param>
    /// <exception cref="TargetException">It could not be started.</exception>
    public async Task<InstanceEnd> RunAsync(
        Launch launch, MachineBoot boot, GuestConsoleEnd end, IGuestConsole console, CancellationToken cancellation)
    {
        if (boot.Link is not null && !session.Libvirt.IsEmbedded)
        {
            throw new TargetException("networks of ours are this process's own: leave out --libvirt to measure in them");
        }

        var connection = session.Libvirt.Connect();
        using IVirtualMachineConsole port = session.Libvirt.IsEmbedded
            ? new SocketConsole(Path.Combine(launch.ScratchDirectory, "console"))
            : new StreamConsole();
        var xml = model.DomainXml(QemuProgram.Find(model.Architecture), launch.Label, launch.Resources, boot, port.SourceXml);
        try
        {
            // A thread of its own: a blocked read must not hold up others.
            return await Task.Factory.StartNew(
                () =>
                {
                    // The driver opens taps and starts QEMU from the thread that asks for the machine.
                    using var stay = boot.Link?.Namespace?.Enter();
                    return new VirtualMachineInstance(connection, port, xml, end).Run(console, cancellation);
                },
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

    private void DeleteLog(string label)
    {
        if (session.Libvirt.LogDirectory is { } directory)
        {
            File.Delete(Path.Combine(directory, label + ".log"));
        }
    }
}
