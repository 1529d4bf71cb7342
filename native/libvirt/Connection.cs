using System.Runtime.InteropServices;
using VirtualBench.Libvirt.Interop;

namespace VirtualBench.Libvirt;

/// <summary>
/// A connection to a hypervisor. Domains and streams keep it open in libvirt: it is closed, and its domains started with
/// <see cref="StartOptions.AutoDestroy"/> are ended, when it and all of them are disposed.
/// </summary>
/// <remarks>Safe for use from several threads at once, as libvirt's own connection is.</remarks>
public sealed class Connection : IDisposable
{
    private Connection(ConnectionHandle handle) => Handle = handle;

    internal ConnectionHandle Handle { get; }

    /// <summary>The driver's name, e.g. <c>QEMU</c> or <c>TEST</c>.</summary>
    public unsafe string DriverType
    {
        get
        {
            var name = LibvirtNative.virConnectGetType(Handle);
            return name is null
                ? throw LibvirtException.FromLastError(nameof(LibvirtNative.virConnectGetType))
                : LibvirtNative.Borrow(name)!;
        }
    }

    /// <summary>The URI as libvirt understood it.</summary>
    public unsafe string Uri =>
        LibvirtException.CheckString(LibvirtNative.virConnectGetURI(Handle), nameof(LibvirtNative.virConnectGetURI));

    public unsafe string HostName =>
        LibvirtException.CheckString(LibvirtNative.virConnectGetHostname(Handle), nameof(LibvirtNative.virConnectGetHostname));

    /// <summary>The hypervisor's version, e.g. QEMU 7.2.0; 0.0.0 when the driver has none to tell.</summary>
    public Version HypervisorVersion
    {
        get
        {
            LibvirtException.Check(
                LibvirtNative.virConnectGetVersion(Handle, out var version), nameof(LibvirtNative.virConnectGetVersion));
            return LibvirtLibrary.Decode(version);
        }
    }

    /// <summary>The version of libvirt at the far end, which for an embedded driver is our own.</summary>
    public Version LibvirtVersion
    {
        get
        {
            LibvirtException.Check(
                LibvirtNative.virConnectGetLibVersion(Handle, out var version), nameof(LibvirtNative.virConnectGetLibVersion));
            return LibvirtLibrary.Decode(version);
        }
    }

    /// <summary>What host and hypervisor can do, as libvirt's <c>&lt;capabilities&gt;</c> document.</summary>
    public unsafe string CapabilitiesXml =>
        LibvirtException.CheckString(LibvirtNative.virConnectGetCapabilities(Handle), nameof(LibvirtNative.virConnectGetCapabilities));

    public bool IsAlive =>
        LibvirtException.Check(LibvirtNative.virConnectIsAlive(Handle), nameof(LibvirtNative.virConnectIsAlive)) == 1;

    /// <summary>The host that the hypervisor runs on.</summary>
    public unsafe NodeInfo Node
    {
        get
        {
            NativeNodeInfo node;
            LibvirtException.Check(LibvirtNative.virNodeGetInfo(Handle, &node), nameof(LibvirtNative.virNodeGetInfo));
            return new NodeInfo(
                LibvirtNative.Borrow(node.Model) ?? "", (long)node.MemoryKiB * 1024, (int)node.Cpus, (int)node.MegaHertz,
                (int)node.Nodes, (int)node.Sockets, (int)node.Cores, (int)node.Threads);
        }
    }

    /// <summary>Opens for reading and changing, e.g. <c>qemu:///embed?root=/tmp/x</c> or <c>test:///default</c>.</summary>
    /// <exception cref="LibvirtException">Nobody answers there, or not to us.</exception>
    public static Connection Open(string uri)
    {
        EventLoop.Start();
        return new Connection(LibvirtException.Check(LibvirtNative.virConnectOpen(uri), nameof(LibvirtNative.virConnectOpen)));
    }

    /// <summary>
    /// Opens for reading only: everything that would change something fails with <see cref="ErrorCode.OperationDenied"/>.
    /// </summary>
    public static Connection OpenReadOnly(string uri)
    {
        EventLoop.Start();
        return new Connection(
            LibvirtException.Check(LibvirtNative.virConnectOpenReadOnly(uri), nameof(LibvirtNative.virConnectOpenReadOnly)));
    }

    /// <summary>
    /// Asks a remote end for a sign of life every <paramref name="interval"/>; gives up after <paramref name="count"/> of none.
    /// </summary>
    /// <returns>False when the far end cannot do it (a local driver needs none and says so by an exception of its own).</returns>
    public bool SetKeepAlive(TimeSpan interval, int count) =>
        LibvirtException.Check(
            LibvirtNative.virConnectSetKeepAlive(Handle, (int)interval.TotalSeconds, (uint)count),
            nameof(LibvirtNative.virConnectSetKeepAlive)) == 0;

    /// <summary>What a domain of this kind may have, as libvirt's <c>&lt;domainCapabilities&gt;</c> document.</summary>
    /// <param name="architecture">E.g. <c>aarch64</c>; null: the host's.</param>
    /// <param name="machine">E.g. <c>virt</c>; null: the emulator's default.</param>
    /// <param name="virtualisation"><c>kvm</c> or <c>qemu</c>; null: the best there is.</param>
    public unsafe string GetDomainCapabilitiesXml(string? architecture = null, string? machine = null, string? virtualisation = null) =>
        LibvirtException.CheckString(
            LibvirtNative.virConnectGetDomainCapabilities(Handle, null, architecture, machine, virtualisation, 0),
            nameof(LibvirtNative.virConnectGetDomainCapabilities));

    /// <summary>Every domain, running or only defined. Each is the caller's to dispose.</summary>
    public unsafe IReadOnlyList<Domain> ListDomains()
    {
        nint* array = null;
        var count = LibvirtException.Check(
            LibvirtNative.virConnectListAllDomains(Handle, &array, 0), nameof(LibvirtNative.virConnectListAllDomains));
        try
        {
            var domains = new Domain[count];
            for (var i = 0; i < count; i++)
            {
                domains[i] = new Domain(new DomainHandle(array[i]));
            }

            return domains;
        }
        finally
        {
            NativeMemory.Free(array);
        }
    }

    /// <summary>Defines a persistent domain, or redefines the one of that name and UUID, without starting it.</summary>
    public Domain Define(string xml) =>
        new(LibvirtException.Check(LibvirtNative.virDomainDefineXMLFlags(Handle, xml, 0), nameof(LibvirtNative.virDomainDefineXMLFlags)));

    /// <summary>Creates a transient domain, started: it is gone when it ends.</summary>
    public Domain Create(string xml, StartOptions options = StartOptions.None) =>
        new(LibvirtException.Check(LibvirtNative.virDomainCreateXML(Handle, xml, (uint)options), nameof(LibvirtNative.virDomainCreateXML)));

    /// <summary>
    /// Creates a transient container, started, whose init program gets copies of these descriptors, numbered from 3. Only drivers of
    /// containers can do it, and only over a local connection.
    /// </summary>
    public unsafe Domain Create(string xml, ReadOnlySpan<int> descriptors, StartOptions options = StartOptions.None)
    {
        fixed (int* first = descriptors)
        {
            return new Domain(LibvirtException.Check(
                LibvirtNative.virDomainCreateXMLWithFiles(Handle, xml, (uint)descriptors.Length, first, (uint)options),
                nameof(LibvirtNative.virDomainCreateXMLWithFiles)));
        }
    }

    public Domain FindDomain(string name) =>
        new(LibvirtException.Check(LibvirtNative.virDomainLookupByName(Handle, name), nameof(LibvirtNative.virDomainLookupByName)));

    public Domain FindDomain(Guid uuid) =>
        new(LibvirtException.Check(
            LibvirtNative.virDomainLookupByUUIDString(Handle, uuid.ToString("D")), nameof(LibvirtNative.virDomainLookupByUUIDString)));

    /// <summary>Finds a running domain by its number.</summary>
    public Domain FindDomain(int id) =>
        new(LibvirtException.Check(LibvirtNative.virDomainLookupByID(Handle, id), nameof(LibvirtNative.virDomainLookupByID)));

    /// <summary>Calls <paramref name="handler"/> on the event loop's thread for each change of the life of a domain.</summary>
    /// <param name="domain">Null: of any. libvirt takes one subscription to all, and one to each domain, at a time.</param>
    public LifecycleSubscription SubscribeLifecycle(Action<LifecycleEvent> handler, Domain? domain = null) =>
        LifecycleSubscription.Create(this, handler, domain);

    /// <summary>A stream that blocks, connected to nothing yet.</summary>
    public Stream OpenStream() => new(LibvirtException.Check(LibvirtNative.virStreamNew(Handle, 0), nameof(LibvirtNative.virStreamNew)));

    public void Dispose() => Handle.Dispose();
}
