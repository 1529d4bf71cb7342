using VirtualBench.Guests.Linux;
using VirtualBench.Libvirt;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>
/// The libvirt connection that all virtual machines of a run share. By default the QEMU driver runs in this process, with its state in the
/// run's scratch directory and what it found out about each QEMU binary in the cache of kernels, so that only the first run ever asks.
/// </summary>
/// <param name="uri">Another libvirt, e.g. <c>qemu:///system</c>; null: the embedded driver.</param>
public sealed class LibvirtHypervisor(TargetSession session, string? uri = null) : IDisposable
{
    private readonly Lock _gate = new();
    private Connection? _connection;

    /// <summary>Whether the driver runs in this process.</summary>
    public bool IsEmbedded => uri is null;

    /// <summary>Where the embedded driver writes a domain's QEMU log; null when the driver is elsewhere.</summary>
    public string? LogDirectory { get; private set; }

    /// <summary>Opens it the first time.</summary>
    /// <exception cref="TargetException">No library, no driver, or it does not start here.</exception>
    public Connection Connect()
    {
        lock (_gate)
        {
            if (_connection is not null)
            {
                return _connection;
            }

            try
            {
                return _connection = uri is null ? OpenEmbedded() : Connection.Open(uri);
            }
            catch (LibvirtNotInstalledException e)
            {
                throw new TargetException("libvirt is not installed", e);
            }
            catch (LibvirtException e) when (uri is null && e.Code is ErrorCode.NoSupport or ErrorCode.NoConnect)
            {
                throw new TargetException("libvirt's QEMU driver is not installed", e);
            }
            catch (LibvirtException e)
            {
                throw new TargetException($"libvirt does not open {uri ?? "its embedded QEMU driver"}: {e.Message}", e);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _connection?.Dispose();
            _connection = null;
        }
    }

    private Connection OpenEmbedded()
    {
        var root = Directory.CreateDirectory(Path.Combine(session.ScratchDirectory, "lv")).FullName;
        var cache = Path.Combine(
            KernelCache.DefaultDirectory(Environment.GetEnvironmentVariable, Environment.IsPrivilegedProcess), "libvirt");
        LogDirectory = Path.Combine(root, "log", "qemu");
        try
        {
            return EmbeddedDriver.Prepare(root, cache).Open();
        }
        catch (ArgumentException e)
        {
            throw new TargetException($"{e.Message}: set TMPDIR to a shorter path", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"libvirt's directories cannot be made: {e.Message}", e);
        }
    }
}
