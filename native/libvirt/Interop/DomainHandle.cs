using System.Runtime.InteropServices;

namespace VirtualBench.Libvirt.Interop;

/// <summary>A reference to a <c>virDomainPtr</c>; releasing it does nothing to the domain itself.</summary>
internal sealed class DomainHandle : SafeHandle
{
    public DomainHandle()
        : base(0, ownsHandle: true)
    {
    }

    public DomainHandle(nint owned)
        : base(0, ownsHandle: true) => SetHandle(owned);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => LibvirtNative.virDomainFree(handle) == 0;
}
