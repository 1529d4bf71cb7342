using System.Runtime.InteropServices;
using VirtualBench.Libvirt.Interop;

namespace VirtualBench.Libvirt;

/// <summary>
/// A registration for lifecycle events; disposing ends it. libvirt holds a GC handle to the handler and gives it back through
/// <see cref="Free"/> when no callback can run any more, so the handler lives exactly as long as libvirt may call it.
/// </summary>
public sealed class LifecycleSubscription : IDisposable
{
    private const int LifecycleEventId = 0;

    private readonly Connection _connection;
    private readonly int _callbackId;
    private int _disposed;

    private LifecycleSubscription(Connection connection, int callbackId)
    {
        _connection = connection;
        _callbackId = callbackId;
    }

    /// <summary>Events may still arrive on the event loop's thread while this call runs, none after the next turn of the loop.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0 && !_connection.Handle.IsClosed)
        {
            LibvirtException.Check(
                LibvirtNative.virConnectDomainEventDeregisterAny(_connection.Handle, _callbackId),
                nameof(LibvirtNative.virConnectDomainEventDeregisterAny));
        }
    }

    internal static unsafe LifecycleSubscription Create(Connection connection, Action<LifecycleEvent> handler, Domain? domain)
    {
        var handlerHandle = GCHandle.Alloc(handler);
        var callbackId = LibvirtNative.virConnectDomainEventRegisterAny(
            connection.Handle, domain?.Handle.DangerousGetHandle() ?? 0, LifecycleEventId, &Deliver, GCHandle.ToIntPtr(handlerHandle), &Free);
        GC.KeepAlive(domain);
        if (callbackId < 0)
        {
            // A failed registration has taken nothing over.
            var error = LibvirtException.FromLastError(nameof(LibvirtNative.virConnectDomainEventRegisterAny));
            handlerHandle.Free();
            throw error;
        }

        return new LifecycleSubscription(connection, callbackId);
    }

    [UnmanagedCallersOnly]
    private static int Deliver(nint connection, nint domain, int change, int detail, nint opaque)
    {
        try
        {
            var handler = (Action<LifecycleEvent>)GCHandle.FromIntPtr(opaque).Target!;
            handler(new LifecycleEvent(Domain.NameOf(domain), Domain.UuidOf(domain), (LifecycleChange)change, detail));
        }
        catch (Exception error)
        {
            // An exception cannot cross the native frames below; a handler that throws is a bug, and it must not pass unseen.
            Environment.FailFast("a handler of libvirt events threw", error);
        }

        return 0;
    }

    [UnmanagedCallersOnly]
    private static void Free(nint opaque) => GCHandle.FromIntPtr(opaque).Free();
}
