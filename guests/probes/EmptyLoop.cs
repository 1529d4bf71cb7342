using System.Runtime.InteropServices;

namespace VirtualBench.Probes;

/// <summary>The overhead workload of every C# probe: the way into managed code and the loop of a workload around nothing.</summary>
internal static unsafe class EmptyLoop
{
    [UnmanagedCallersOnly]
    public static void Run(void* context, nint operations)
    {
        // The compiler removes no loop, empty or not; a test holds it to that.
        for (nint i = 0; i < operations; i++)
        {
        }
    }
}
