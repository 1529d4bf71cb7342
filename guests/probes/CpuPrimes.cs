using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VirtualBench.Probes.Interop;

namespace VirtualBench.Probes;

/// <summary>
/// sysbench's CPU test. One operation is one sysbench event: every c from 3 to below <c>limit</c> by trial division with all l from 2
/// to sqrt(c), in sysbench's arithmetic (64-bit remainder, a bound that is a double).
/// </summary>
internal static unsafe class CpuPrimes
{
    private struct State
    {
        public ulong Limit;
        public ulong Found; // over all operations
        public ulong Events; // operations done
    }

    public static Probe Probe => new("cpu.primes"u8, "limit=10000"u8, &Open, &Run, &Verify, &Close);

    [UnmanagedCallersOnly]
    private static ProbeStatus Open(ProbeRun* run)
    {
        long limit = Engine.Integer(run, "limit"u8, 10000);
        if (limit is < 3 or > 100_000_000)
        {
            return Engine.Fail(run, "limit must be between 3 and 100000000"u8);
        }
        State* state = ProbeState.Allocate<State>(run);
        if (state == null)
        {
            return ProbeStatus.Failed;
        }
        state->Limit = (ulong)limit;
        Engine.Metric(run, "work"u8, 1, "event"u8);
        return ProbeStatus.Ok;
    }

    [UnmanagedCallersOnly]
    private static void Run(void* context, nint operations)
    {
        State* state = (State*)context;
        for (nint i = 0; i < operations; i++)
        {
            state->Found += CountPrimes(Volatile.Read(ref state->Limit));
        }
        state->Events += (ulong)operations;
    }

    private static ulong CountPrimes(ulong limit)
    {
        ulong found = 0;
        for (ulong c = 3; c < limit; c++)
        {
            found += HasNoDivisor(c) ? 1u : 0u;
        }
        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HasNoDivisor(ulong c)
    {
        // Numbers are converted as signed, which their size allows: there is an instruction for that.
        double bound = Math.Sqrt((long)c);
        if (bound < 2)
        {
            return true;
        }
        // The loop's first round stands apart, as a C compiler puts it: a remainder by two is a bit test.
        if (c % 2 == 0)
        {
            return false;
        }
        for (ulong l = 3; (long)l <= bound; l++)
        {
            if (c % l == 0)
            {
                return false;
            }
        }
        return true;
    }

    [UnmanagedCallersOnly]
    private static ProbeStatus Verify(ProbeRun* run)
    {
        State* state = (State*)run->Context;
        byte* composite = (byte*)ProbeState.Map(run, (nuint)state->Limit);
        if (composite == null)
        {
            return ProbeStatus.Failed;
        }
        ulong expected = Sieve(composite, state->Limit);
        Platform.Unmap(composite, (nuint)state->Limit);
        return state->Found == expected * state->Events ? ProbeStatus.Ok : Engine.Fail(run, "wrong number of primes"u8);
    }

    /// <summary>Odd primes below the limit by the sieve of Eratosthenes: another way to the same number.</summary>
    private static ulong Sieve(byte* composite, ulong limit)
    {
        ulong found = 0;
        for (ulong i = 3; i < limit; i += 2)
        {
            if (composite[i] != 0)
            {
                continue;
            }
            found++;
            for (ulong multiple = i * i; multiple < limit; multiple += 2 * i)
            {
                composite[multiple] = 1;
            }
        }
        return found;
    }

    [UnmanagedCallersOnly]
    private static void Close(ProbeRun* run) => ProbeState.Release<State>(run);
}
