using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>
/// QEMU as a child of ours, for one machine that libvirt does not know: the counterpart of <see cref="LibvirtEngine"/>, whatever the guest
/// is.
/// </summary>
internal sealed class QemuProcess(QemuMachine machine)
{
    /// <summary>nobody, by number: QEMU takes it once it has opened what it needs.</summary>
    private const string Nobody = "65534:65534";

    /// <summary>Whether QEMU is there, and its version.</summary>
    public async Task<Availability> FindAsync(CancellationToken cancellation)
    {
        if (QemuProgram.WhyAbsent(machine.Architecture) is { } absent)
        {
            return absent;
        }

        try
        {
            return new Availability(true, await QemuProgram.VersionAsync(machine.Architecture, cancellation).ConfigureAwait(false));
        }
        catch (TargetException e)
        {
            return new Availability(false, null, e.Message);
        }
    }

    /// <summary>Starts a machine, hands on its console, and returns when the machine is gone.</summary>
    /// <param name="end">What reads the guest's last words.</param>
    /// <exception cref="TargetException">It could not be started.</exception>
    public Task<InstanceEnd> RunAsync(
        Launch launch, MachineBoot boot, GuestConsoleEnd end, IGuestConsole console, CancellationToken cancellation)
    {
        var arguments = machine.Arguments(launch.Label, launch.Resources, boot);
        return MachineProcess.RunAsync(
            new ProcessLaunch(
                QemuProgram.Find(machine.Architecture),
                Environment.IsPrivilegedProcess ? [.. arguments, "-runas", Nobody] : arguments,
                [$"{InstanceProcesses.Variable}={launch.Label}"],
                launch.Resources.HostCpus,
                launch.Label)
            {
                Network = boot.Link?.Namespace,
            },
            "QEMU", end, console, cancellation);
    }
}
