using System.Numerics;
using System.Runtime.InteropServices;
using VirtualBench.Probes.Interop;

namespace VirtualBench.Probes;

/// <summary>
/// Sorts <c>count</c> int32 from one fixed permutation of 0..count-1. Restoring the permutation is part of the operation (a copy, under
/// one per cent of the sort), so that any number of operations can run without a pause. The sort is the C probe's: <see
/// cref="Introsort"/>.
/// </summary>
internal static unsafe class CpuSort
{
    private const long CountMax = 1 << 26;
    private const nuint Line = 64;

    private struct State
    {
        public long Count;
        public nuint Bytes; // of the state and both arrays
        public int* Permutation;
        public int* Sorted;
    }

    public static Probe Probe => new("cpu.sort"u8, "count=65536"u8, &Open, &Run, &Verify, &Close);

    [UnmanagedCallersOnly]
    private static ProbeStatus Open(ProbeRun* run)
    {
        long count = Engine.Integer(run, "count"u8, 65536);
        if (count is < 2 or > CountMax)
        {
            return Engine.Fail(run, "count must be between 2 and 64M"u8);
        }
        nuint array = (((nuint)count * sizeof(int)) + Line - 1) / Line * Line;
        nuint bytes = (2 * array) + Line;
        State* state = (State*)ProbeState.Map(run, bytes);
        if (state == null)
        {
            return ProbeStatus.Failed;
        }
        run->Context = state;
        state->Count = count;
        state->Bytes = bytes;
        state->Permutation = (int*)((byte*)state + Line);
        state->Sorted = (int*)((byte*)state->Permutation + array);
        Shuffle(state->Permutation, count);
        Engine.Metric(run, "work"u8, count, "element"u8);
        return ProbeStatus.Ok;
    }

    private static void Shuffle(int* permutation, long count)
    {
        for (long i = 0; i < count; i++)
        {
            permutation[i] = (int)i;
        }
        Random random = new(1);
        for (long i = count - 1; i > 0; i--)
        {
            long other = (long)(random.Next() % (ulong)(i + 1));
            (permutation[i], permutation[other]) = (permutation[other], permutation[i]);
        }
    }

    [UnmanagedCallersOnly]
    private static void Run(void* context, nint operations)
    {
        State* state = (State*)context;
        nint count = (nint)state->Count;
        int depth = 2 * (64 - BitOperations.LeadingZeroCount((ulong)count));
        for (nint i = 0; i < operations; i++)
        {
            new ReadOnlySpan<int>(state->Permutation, (int)count).CopyTo(new Span<int>(state->Sorted, (int)count));
            Introsort.Sort(state->Sorted, count, depth);
        }
    }

    /// <summary>A sorted permutation of 0..count-1 is the identity: order and contents in one look.</summary>
    [UnmanagedCallersOnly]
    private static ProbeStatus Verify(ProbeRun* run)
    {
        State* state = (State*)run->Context;
        for (long i = 0; i < state->Count; i++)
        {
            if (state->Sorted[i] != i)
            {
                return Engine.Fail(run, "the result is not the sorted input"u8);
            }
        }
        return ProbeStatus.Ok;
    }

    [UnmanagedCallersOnly]
    private static void Close(ProbeRun* run)
    {
        State* state = (State*)run->Context;
        if (state != null)
        {
            Platform.Unmap(state, state->Bytes);
            run->Context = null;
        }
    }
}
