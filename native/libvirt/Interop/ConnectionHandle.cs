using System.Runtime.InteropServices;

namespace VirtualBench.Libvirt.Interop;

/// <summary>
/// A reference to a <c>virConnectPtr</c>. Domains and streams hold references of their own: the connection closes with the last.
/// </summary>
internal sealed class ConnectionHandle : SafeHandle
{
    public ConnectionHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => LibvirtNative.virConnectClose(handle) >= 0;
}
