using System.Runtime.InteropServices;
using VirtualBench.Libvirt.Interop;

namespace VirtualBench.Libvirt;

/// <summary>
/// Buries the QEMU processes of an embedded driver. The driver detaches each, so that it becomes a child of the host's init, and then
/// waits until it is gone; an init that looks for dead children only now and then (those of containers and small VMs do) makes every such
/// wait seconds long. So this process takes the orphans for itself, and buries each when the kernel tells of its death.
/// </summary>
internal static class OrphanReaper
{
    private static readonly Lazy<PosixSignalRegistration> Registration = new(Begin);

    /// <summary>From now on, once per process.</summary>
    internal static void Start() => _ = Registration.Value;

    private static PosixSignalRegistration Begin()
    {
        var registration = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => Bury());
        _ = LibcNative.prctl(LibcNative.ChildSubreaper, 1, 0, 0, 0);
        return registration;
    }

    private static void Bury()
    {
        // Adopted orphans become children of the main thread.
        var children = ReadAll($"/proc/self/task/{Environment.ProcessId}/children");
        foreach (var child in children.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            // Any other child is somebody else's to wait for.
            if (ReadAll($"/proc/{child}/comm").StartsWith("qemu-system-", StringComparison.Ordinal))
            {
                _ = LibcNative.waitpid(int.Parse(child, null), out _, LibcNative.NoHang);
            }
        }
    }

    private static string ReadAll(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // gone meanwhile
        }
    }
}
