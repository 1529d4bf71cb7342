using System.Runtime.InteropServices;

namespace VirtualBench.Libvirt.Interop;

/// <summary>A reference to a <c>virStreamPtr</c>; the last one gone, an unfinished stream is aborted.</summary>
internal sealed class StreamHandle : SafeHandle
{
    public StreamHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => LibvirtNative.virStreamFree(handle) == 0;
}
