using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using VirtualBench.Probes.Interop;
using VirtualBench.Probes.Vectors;

namespace VirtualBench.Probes;

/// <summary>
/// STREAM's four kernels (McCalpin, 1995): one pass over the arrays an operation, counted as STREAM counts, by the bytes that the
/// program reads and writes.
/// </summary>
/// <remarks>
/// Arrays that together are larger than the last-level cache are written past the caches (x86-64): an ordinary store would first read the
/// line that it replaces, which is traffic that nobody counts.
/// </remarks>
internal static unsafe class Stream
{
    // Array starts differ by this much more than their size: at one offset modulo 4 KiB, a load would wait for an older store elsewhere.
    private const long Skew = 1088;
    private const long Granule = 256;
    private const long BytesMax = 1L << 36;

    public static ReadOnlySpan<byte> Parameters => "bytes=134217728 width=0 stores=auto"u8;

    public static ProbeStatus Open<TKernel>(ProbeRun* run, Widths widths)
        where TKernel : IStreamKernel
    {
        long bytes = Engine.Integer(run, "bytes"u8, 134217728);
        if (bytes is < Granule or > BytesMax || bytes % Granule != 0)
        {
            return Engine.Fail(run, "bytes (of one array) must be a multiple of 256, at most 64G"u8);
        }
        int arrays = BitOperations.PopCount((uint)TKernel.Uses);
        if (!ChooseStores(run, bytes * arrays, out bool isStreaming) || widths.Choose(run) == 0)
        {
            return ProbeStatus.Failed;
        }
        Engine.Note(run, "stores"u8, isStreaming ? "streaming"u8 : "plain"u8);
        nuint total = (nuint)(Skew + (arrays * (bytes + Skew)));
        StreamArrays* state = (StreamArrays*)ProbeState.Map(run, total);
        if (state == null)
        {
            return ProbeStatus.Failed;
        }
        run->Context = state;
        state->Factor = StreamArrays.Scalar;
        state->Count = (nint)(bytes / sizeof(double));
        state->Bytes = total;
        state->IsStreaming = isStreaming;
        Place<TKernel>(state, bytes);
        Fill<TKernel>(state);
        Engine.Metric(run, "work"u8, (double)bytes * arrays, "B"u8);
        return ProbeStatus.Ok;
    }

    private static bool ChooseStores(ProbeRun* run, long footprint, out bool isStreaming)
    {
        ReadOnlySpan<byte> stores = Engine.Text(run, "stores"u8, "auto"u8);
        bool isAuto = stores.SequenceEqual("auto"u8);
        isStreaming = stores.SequenceEqual("streaming"u8);
        if (!isAuto && !isStreaming && !stores.SequenceEqual("plain"u8))
        {
            Engine.Fail(run, "stores must be auto, plain or streaming"u8);
            return false;
        }
        if (isStreaming && !Sse.IsSupported)
        {
            Engine.Unsupported(run, "this architecture has no streaming stores"u8);
            return false;
        }
        isStreaming |= isAuto && Sse.IsSupported && (ulong)footprint > Engine.LastLevelCacheBytes();
        return true;
    }

    private static void Place<TKernel>(StreamArrays* state, long bytes)
        where TKernel : IStreamKernel
    {
        byte* next = (byte*)state + Skew;
        state->A = TakeIf<TKernel>(StreamUse.A, ref next, bytes);
        state->B = TakeIf<TKernel>(StreamUse.B, ref next, bytes);
        state->C = TakeIf<TKernel>(StreamUse.C, ref next, bytes);
        state->Target = TKernel.Target switch { StreamUse.A => state->A, StreamUse.B => state->B, _ => state->C };
    }

    private static double* TakeIf<TKernel>(StreamUse array, ref byte* next, long bytes)
        where TKernel : IStreamKernel
    {
        if ((TKernel.Uses & array) == 0)
        {
            return null;
        }
        double* taken = (double*)next;
        next += bytes + Skew;
        return taken;
    }

    private static void Fill<TKernel>(StreamArrays* state)
        where TKernel : IStreamKernel
    {
        for (nint i = 0; i < state->Count; i++)
        {
            if (state->A != null)
            {
                state->A[i] = StreamArrays.InputA(i);
            }
            if (state->B != null)
            {
                state->B[i] = StreamArrays.InputB(i);
            }
            if (state->C != null)
            {
                state->C[i] = StreamArrays.InputC(i);
            }
            state->Target[i] = -1;
        }
    }

    public static void Run<TKernel, TDoubles, TVector>(StreamArrays* state, nint operations)
        where TKernel : IStreamKernel
        where TDoubles : IDoubles<TVector>
        where TVector : unmanaged
    {
        for (nint i = 0; i < operations; i++)
        {
            if (state->IsStreaming)
            {
                PassStreaming<TKernel, TDoubles, TVector>(state);
                // The stores of one operation must be done when it ends, as ordinary ones would be.
                Sse.StoreFence();
            }
            else
            {
                Pass<TKernel, TDoubles, TVector>(state);
            }
        }
    }

    // A pass is out of line, so that its loop has the registers to itself. Four vectors a round: the count is a multiple of 32 doubles.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Pass<TKernel, TDoubles, TVector>(StreamArrays* state)
        where TKernel : IStreamKernel
        where TDoubles : IDoubles<TVector>
        where TVector : unmanaged
    {
        double* a = state->A, b = state->B, c = state->C, to = state->Target;
        TVector scalar = TDoubles.Broadcast(&state->Factor);
        nint lanes = TDoubles.Lanes, count = state->Count;
        for (nint i = 0; i < count; i += 4 * lanes)
        {
            TDoubles.Store(to + i, TKernel.Value<TDoubles, TVector>(a, b, c, scalar, i));
            TDoubles.Store(to + i + lanes, TKernel.Value<TDoubles, TVector>(a, b, c, scalar, i + lanes));
            TDoubles.Store(to + i + (2 * lanes), TKernel.Value<TDoubles, TVector>(a, b, c, scalar, i + (2 * lanes)));
            TDoubles.Store(to + i + (3 * lanes), TKernel.Value<TDoubles, TVector>(a, b, c, scalar, i + (3 * lanes)));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PassStreaming<TKernel, TDoubles, TVector>(StreamArrays* state)
        where TKernel : IStreamKernel
        where TDoubles : IDoubles<TVector>
        where TVector : unmanaged
    {
        double* a = state->A, b = state->B, c = state->C, to = state->Target;
        TVector scalar = TDoubles.Broadcast(&state->Factor);
        nint lanes = TDoubles.Lanes, count = state->Count;
        for (nint i = 0; i < count; i += 4 * lanes)
        {
            TDoubles.StoreStreaming(to + i, TKernel.Value<TDoubles, TVector>(a, b, c, scalar, i));
            TDoubles.StoreStreaming(to + i + lanes, TKernel.Value<TDoubles, TVector>(a, b, c, scalar, i + lanes));
            TDoubles.StoreStreaming(to + i + (2 * lanes), TKernel.Value<TDoubles, TVector>(a, b, c, scalar, i + (2 * lanes)));
            TDoubles.StoreStreaming(to + i + (3 * lanes), TKernel.Value<TDoubles, TVector>(a, b, c, scalar, i + (3 * lanes)));
        }
    }

    public static ProbeStatus Verify<TKernel>(ProbeRun* run)
        where TKernel : IStreamKernel
    {
        StreamArrays* state = (StreamArrays*)run->Context;
        for (nint i = 0; i < state->Count; i++)
        {
            if (state->Target[i] != TKernel.Expected(i))
            {
                return Engine.Fail(run, "wrong value in the array that was written"u8);
            }
        }
        return ProbeStatus.Ok;
    }

    public static void Close(ProbeRun* run)
    {
        StreamArrays* state = (StreamArrays*)run->Context;
        if (state != null)
        {
            Platform.Unmap(state, state->Bytes);
            run->Context = null;
        }
    }
}
