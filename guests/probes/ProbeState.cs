using VirtualBench.Probes.Interop;

namespace VirtualBench.Probes;

/// <summary>A probe's state outside the collected heap, on pages of its own as in C.</summary>
internal static unsafe class ProbeState
{
    /// <summary>Maps zeroed memory, or fails the run and returns null.</summary>
    public static void* Map(ProbeRun* run, nuint bytes)
    {
        void* memory = Platform.Map(bytes);
        if (memory == null)
        {
            Engine.Fail(run, "not enough memory"u8);
        }
        return memory;
    }

    /// <summary>Zeroed state that the workload gets; null after a failure. <see cref="Release{T}"/> gives it back.</summary>
    public static T* Allocate<T>(ProbeRun* run)
        where T : unmanaged
    {
        T* state = (T*)Map(run, (nuint)sizeof(T));
        run->Context = state;
        return state;
    }

    /// <summary>Unmaps the state, if there is any.</summary>
    public static void Release<T>(ProbeRun* run)
        where T : unmanaged
    {
        if (run->Context != null)
        {
            Platform.Unmap(run->Context, (nuint)sizeof(T));
            run->Context = null;
        }
    }
}
