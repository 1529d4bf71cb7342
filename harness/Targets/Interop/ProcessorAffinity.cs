using System.Runtime.InteropServices;

namespace VirtualBench.Targets.Interop;

/// <summary>
/// The processors that the calling thread, and what it starts, may run on. Disposing puts back what was before, on the same thread.
/// </summary>
internal sealed unsafe class ProcessorAffinity : IDisposable
{
    private const int MaskBytes = Libc.AffinityProcessors / 8;
    private readonly byte[] _previous = new byte[MaskBytes];
    private readonly int _thread = Environment.CurrentManagedThreadId;

    private ProcessorAffinity()
    {
    }

    /// <summary>Restricts the calling thread to <paramref name="processors"/>; does nothing when there are none.</summary>
    /// <exception cref="TargetException">The kernel refused: no such processor, or a cpuset without it.</exception>
    public static ProcessorAffinity? Restrict(IReadOnlyList<int> processors)
    {
        if (processors.Count == 0)
        {
            return null;
        }

        var affinity = new ProcessorAffinity();
        var wanted = stackalloc byte[MaskBytes];
        new Span<byte>(wanted, MaskBytes).Clear();
        foreach (var processor in processors)
        {
            if (processor is < 0 or >= Libc.AffinityProcessors)
            {
                throw new TargetException($"processor {processor} does not exist: choose others");
            }

            wanted[processor / 8] |= (byte)(1 << (processor % 8));
        }

        fixed (byte* before = affinity._previous)
        {
            if (Libc.GetAffinity(0, MaskBytes, before) < 0 || Libc.SetAffinity(0, MaskBytes, wanted) < 0)
            {
                var why = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
                throw new TargetException($"cannot pin to processors {string.Join(',', processors)}: {why}; choose others");
            }
        }

        return affinity;
    }

    public void Dispose()
    {
        if (_thread != Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException("An affinity belongs to the thread that set it.");
        }

        fixed (byte* before = _previous)
        {
            _ = Libc.SetAffinity(0, MaskBytes, before);
        }
    }
}
