using System.Numerics;
using System.Runtime.InteropServices;
using VirtualBench.Probes.Interop;

namespace VirtualBench.Probes;

/// <summary>
/// HPC Challenge's RandomAccess (GUPS): table[random] ^= random. One operation is 1,024 updates. The random numbers are a 64-bit linear
/// congruential sequence whose high bits choose the place.
/// </summary>
/// <remarks>
/// The sequence starts again after as many operations as touch each word twice on average. Two equal passes cancel out, so the check
/// replays two passes at most, however long the run was, and must find the table as it began.
/// </remarks>
internal static unsafe class MemRandom
{
    private const int Updates = 1024;
    private const long BytesMin = 4096;
    private const long BytesMax = 1L << 36;
    private const ulong Multiplier = 6364136223846793005; // Knuth's MMIX
    private const ulong Increment = 1442695040888963407;
    private const ulong FirstState = 0x9e3779b97f4a7c15;

    private struct State
    {
        public ulong* Words;
        public int Bits; // log2 of the number of words
        public long Pass; // operations until the sequence starts again
        public long Done; // operations of this pass
        public ulong Sequence;
        public ulong Multiplier;
        public ulong Increment;
        public ulong Passes; // complete ones
    }

    public static Probe Probe => new("mem.random"u8, "bytes=67108864"u8, &Open, &Run, &Verify, &Close);

    [UnmanagedCallersOnly]
    private static ProbeStatus Open(ProbeRun* run)
    {
        long bytes = Engine.Integer(run, "bytes"u8, 67108864);
        if (bytes is < BytesMin or > BytesMax || !BitOperations.IsPow2(bytes))
        {
            return Engine.Fail(run, "bytes must be a power of two between 4K and 64G"u8);
        }
        State* state = ProbeState.Allocate<State>(run);
        if (state == null)
        {
            return ProbeStatus.Failed;
        }
        long words = bytes / sizeof(ulong);
        state->Bits = BitOperations.Log2((ulong)words);
        state->Pass = Math.Max(words * 2 / Updates, 1);
        state->Sequence = FirstState;
        state->Multiplier = Multiplier;
        state->Increment = Increment;
        state->Words = (ulong*)ProbeState.Map(run, (nuint)bytes);
        if (state->Words == null)
        {
            return ProbeStatus.Failed;
        }
        for (long i = 0; i < words; i++)
        {
            state->Words[i] = (ulong)i;
        }
        Engine.Metric(run, "work"u8, Updates, "update"u8);
        return ProbeStatus.Ok;
    }

    [UnmanagedCallersOnly]
    private static void Run(void* context, nint operations) => Update((State*)context, operations);

    private static void Update(State* state, nint operations)
    {
        ulong* words = state->Words;
        ulong sequence = state->Sequence;
        // From memory, not as the constants that they are: the compiler would load those anew for each update, and as many instructions
        // as the CPU looks ahead are as many misses as it has in flight.
        ulong multiplier = state->Multiplier, increment = state->Increment;
        int shift = 64 - state->Bits;
        for (nint operation = 0; operation < operations; operation++)
        {
            for (int i = 0; i < Updates; i++)
            {
                sequence = (sequence * multiplier) + increment;
                ulong place = sequence >> shift;
                words[place] = words[place] ^ sequence;
            }
            if (++state->Done == state->Pass)
            {
                state->Done = 0;
                state->Passes++;
                sequence = FirstState;
            }
        }
        state->Sequence = sequence;
    }

    [UnmanagedCallersOnly]
    private static ProbeStatus Verify(ProbeRun* run)
    {
        State* state = (State*)run->Context;
        long rest = state->Done;
        ulong passes = state->Passes;
        state->Done = 0;
        state->Sequence = FirstState;
        if (passes % 2 != 0)
        {
            Update(state, (nint)state->Pass);
        }
        Update(state, (nint)rest);
        for (long i = 0; i < 1L << state->Bits; i++)
        {
            if (state->Words[i] != (ulong)i)
            {
                return Engine.Fail(run, "the table is not what the same updates undo"u8);
            }
        }
        return ProbeStatus.Ok;
    }

    [UnmanagedCallersOnly]
    private static void Close(ProbeRun* run)
    {
        State* state = (State*)run->Context;
        if (state == null)
        {
            return;
        }
        if (state->Words != null)
        {
            Platform.Unmap(state->Words, (nuint)sizeof(ulong) << state->Bits);
        }
        ProbeState.Release<State>(run);
    }
}
