using VirtualBench.Libvirt.Interop;

namespace VirtualBench.Libvirt;

/// <summary>A domain: a virtual machine that is defined, running, or both. Disposing lets go of it and does nothing to it.</summary>
public sealed partial class Domain : IDisposable
{
    private readonly DomainHandle _handle;

    internal DomainHandle Handle => _handle;

    internal Domain(DomainHandle handle)
    {
        _handle = handle;
        Name = NameOf(handle.DangerousGetHandle());
        Uuid = UuidOf(handle.DangerousGetHandle());
    }

    /// <summary>As it was when this object was made.</summary>
    public string Name { get; }

    public Guid Uuid { get; }

    /// <summary>The number of a running domain; null when it is not running.</summary>
    public int? Id => LibvirtNative.virDomainGetID(_handle) is var id && id == uint.MaxValue ? null : (int)id;

    public bool IsActive => LibvirtException.Check(LibvirtNative.virDomainIsActive(_handle), nameof(LibvirtNative.virDomainIsActive)) == 1;

    /// <summary>Whether it outlives its end.</summary>
    public bool IsPersistent =>
        LibvirtException.Check(LibvirtNative.virDomainIsPersistent(_handle), nameof(LibvirtNative.virDomainIsPersistent)) == 1;

    public DomainStatus Status
    {
        get
        {
            LibvirtException.Check(
                LibvirtNative.virDomainGetState(_handle, out var state, out var reason, 0), nameof(LibvirtNative.virDomainGetState));
            return new DomainStatus((DomainState)state, reason);
        }
    }

    /// <summary>The description as it is now; libvirt adds what the creator left out.</summary>
    public unsafe string Xml =>
        LibvirtException.CheckString(LibvirtNative.virDomainGetXMLDesc(_handle, 0), nameof(LibvirtNative.virDomainGetXMLDesc));

    /// <summary>Starts a defined domain.</summary>
    public void Start(StartOptions options = StartOptions.None) =>
        LibvirtException.Check(
            LibvirtNative.virDomainCreateWithFlags(_handle, (uint)options), nameof(LibvirtNative.virDomainCreateWithFlags));

    /// <summary>Forgets the definition; a running domain runs on and is gone when it ends.</summary>
    public void Undefine() =>
        LibvirtException.Check(LibvirtNative.virDomainUndefineFlags(_handle, 0), nameof(LibvirtNative.virDomainUndefineFlags));

    public void Resume() => LibvirtException.Check(LibvirtNative.virDomainResume(_handle), nameof(LibvirtNative.virDomainResume));

    public void Suspend() => LibvirtException.Check(LibvirtNative.virDomainSuspend(_handle), nameof(LibvirtNative.virDomainSuspend));

    /// <summary>Asks the guest to shut down, and returns at once; it may take no notice.</summary>
    public void Shutdown() => LibvirtException.Check(LibvirtNative.virDomainShutdown(_handle), nameof(LibvirtNative.virDomainShutdown));

    /// <summary>Ends the domain now: SIGTERM, and SIGKILL when that is not enough (unless <paramref name="graceful"/>).</summary>
    public void Destroy(bool graceful = false) =>
        LibvirtException.Check(
            LibvirtNative.virDomainDestroyFlags(_handle, graceful ? 1u : 0u), nameof(LibvirtNative.virDomainDestroyFlags));

    /// <summary>
    /// Connects <paramref name="stream"/> to a console. The kernel discards what was not read from a pseudo-terminal when QEMU ends: to
    /// lose nothing, destroy the domain after its last byte arrived.
    /// </summary>
    /// <param name="device">The device's alias, e.g. <c>serial0</c>; null: the first console.</param>
    /// <param name="force">Take it over from whoever else has it open.</param>
    public void OpenConsole(Stream stream, string? device = null, bool force = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        LibvirtException.Check(
            LibvirtNative.virDomainOpenConsole(_handle, device, stream.Handle, force ? 1u : 0u),
            nameof(LibvirtNative.virDomainOpenConsole));
    }

    public void Dispose() => _handle.Dispose();

    /// <param name="domain">A pointer that the caller keeps alive; libvirt keeps the name as long.</param>
    internal static unsafe string NameOf(nint domain)
    {
        var name = LibvirtNative.virDomainGetName(domain);
        return name is null ? throw LibvirtException.FromLastError(nameof(LibvirtNative.virDomainGetName)) : LibvirtNative.Borrow(name)!;
    }

    /// <param name="domain">A pointer that the caller keeps alive.</param>
    internal static unsafe Guid UuidOf(nint domain)
    {
        // 36 characters and the terminating zero: VIR_UUID_STRING_BUFLEN.
        var buffer = stackalloc byte[37];
        LibvirtException.Check(LibvirtNative.virDomainGetUUIDString(domain, buffer), nameof(LibvirtNative.virDomainGetUUIDString));
        return Guid.Parse(LibvirtNative.Borrow(buffer)!);
    }
}
