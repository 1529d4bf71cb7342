using System.Runtime.InteropServices;

namespace VirtualBench.Probes.Interop;

/// <summary>An entry of the engine's probe table: <c>vb_probe</c>.</summary>
/// <param name="id">The probe's name, a literal.</param>
/// <param name="parameters">Accepted parameters with their defaults, a literal.</param>
/// <param name="open">Allocates and publishes metrics.</param>
/// <param name="workload">Runs operations; null when <paramref name="open"/> chooses it.</param>
/// <param name="verify">Checks the answer after the last iteration.</param>
/// <param name="close">Releases what open took.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct Probe(
    ReadOnlySpan<byte> id,
    ReadOnlySpan<byte> parameters,
    delegate* unmanaged<ProbeRun*, ProbeStatus> open,
    delegate* unmanaged<void*, nint, void> workload,
    delegate* unmanaged<ProbeRun*, ProbeStatus> verify,
    delegate* unmanaged<ProbeRun*, void> close)
{
    private readonly byte* _id = Engine.Pointer(id);
    private readonly byte* _parameters = Engine.Pointer(parameters);
    private readonly delegate* unmanaged<ProbeRun*, ProbeStatus> _open = open;
    private readonly delegate* unmanaged<void*, nint, void> _workload = workload;
    private readonly delegate* unmanaged<void*, nint, void> _overhead = &EmptyLoop.Run;
    private readonly delegate* unmanaged<ProbeRun*, ProbeStatus> _verify = verify;
    private readonly delegate* unmanaged<ProbeRun*, void> _close = close;
    private readonly long _leastOperations = 0; // one is enough for each of these
}

/// <summary>One probe being run once: <c>vb_run</c>. Only the probe's own pointer is read here; the rest is the engine's.</summary>
/// <remarks>startup.c holds the offset and the size against the header when the program is linked.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 2560)]
internal unsafe struct ProbeRun
{
    /// <summary>The probe's state, handed to its workload.</summary>
    [FieldOffset(2384)]
    public void* Context;
}

/// <summary><c>vb_status</c>.</summary>
internal enum ProbeStatus
{
    Ok = 0,
    Failed = 1,
}
