using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using VirtualBench.Probes.Interop;
using VirtualBench.Probes.Vectors;

namespace VirtualBench.Probes;

/// <summary>
/// Peak double precision. One operation is 1,024 independent multiply-adds of one vector each, over twelve accumulators: two units with a
/// latency of four or five cycles need ten in flight, and sixteen registers hold twelve beside the operands.
/// </summary>
/// <remarks>
/// Each step is x = x * m + b with m = 1 and b = 1 that the compiler cannot know: the sums are exact, so the answer tells the number of
/// steps.
/// </remarks>
internal static unsafe class CpuFma
{
    private const int Accumulators = 12;
    private const int Rounds = 85;
    private const int Extra = 4; // accumulators that take one step more, for 1,024 in all
    private const int Steps = (Accumulators * Rounds) + Extra;
    private const int LanesMax = 8;

    private struct State
    {
        public fixed double Sums[Accumulators * LanesMax];
        public double Multiplier;
        public double Addend;
        public long Operations;
        public int Lanes;
    }

    public static Probe Probe => new("cpu.fma"u8, "width=0"u8, &Open, null, &Verify, &Close);

    [UnmanagedCallersOnly]
    private static ProbeStatus Open(ProbeRun* run)
    {
        bool isFused = Avx2.IsSupported && Fma.IsSupported;
        Widths widths = new()
        {
            Bits512 = Avx512F.IsSupported ? &Run512 : null,
            Bits256 = isFused ? &Run256 : null,
            Bits128Fused = isFused ? &Run128Fused : null,
            Bits128 = &Run128,
        };
        int bits = widths.Choose(run);
        State* state = bits != 0 ? ProbeState.Allocate<State>(run) : null;
        if (state == null)
        {
            return ProbeStatus.Failed;
        }
        Engine.Note(run, "kind"u8, widths.Kind);
        state->Lanes = bits / 64;
        state->Multiplier = 1;
        state->Addend = 1;
        for (int i = 0; i < Accumulators * state->Lanes; i++)
        {
            state->Sums[i] = i;
        }
        Engine.Metric(run, "work"u8, Steps * state->Lanes * 2, "flop"u8);
        return ProbeStatus.Ok;
    }

    [UnmanagedCallersOnly]
    private static void Run128(void* context, nint operations) =>
        Multiply<Doubles128, Vector128<double>>((State*)context, operations);

    [UnmanagedCallersOnly]
    private static void Run128Fused(void* context, nint operations) =>
        Multiply<Doubles128Fused, Vector128<double>>((State*)context, operations);

    [UnmanagedCallersOnly]
    private static void Run256(void* context, nint operations) =>
        Multiply<Doubles256, Vector256<double>>((State*)context, operations);

    [UnmanagedCallersOnly]
    private static void Run512(void* context, nint operations) =>
        Multiply<Doubles512, Vector512<double>>((State*)context, operations);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Multiply<TDoubles, TVector>(State* state, nint operations)
        where TDoubles : IDoubles<TVector>
        where TVector : unmanaged
    {
        double* sums = state->Sums;
        int lanes = TDoubles.Lanes;
        TVector m = TDoubles.Broadcast(&state->Multiplier), b = TDoubles.Broadcast(&state->Addend);
        TVector s0 = TDoubles.Load(sums), s1 = TDoubles.Load(sums + lanes);
        TVector s2 = TDoubles.Load(sums + (2 * lanes)), s3 = TDoubles.Load(sums + (3 * lanes));
        TVector s4 = TDoubles.Load(sums + (4 * lanes)), s5 = TDoubles.Load(sums + (5 * lanes));
        TVector s6 = TDoubles.Load(sums + (6 * lanes)), s7 = TDoubles.Load(sums + (7 * lanes));
        TVector s8 = TDoubles.Load(sums + (8 * lanes)), s9 = TDoubles.Load(sums + (9 * lanes));
        TVector s10 = TDoubles.Load(sums + (10 * lanes)), s11 = TDoubles.Load(sums + (11 * lanes));
        for (nint i = 0; i < operations; i++)
        {
            for (int round = 0; round < Rounds; round++)
            {
                s0 = Step<TDoubles, TVector>(s0, m, b);
                s1 = Step<TDoubles, TVector>(s1, m, b);
                s2 = Step<TDoubles, TVector>(s2, m, b);
                s3 = Step<TDoubles, TVector>(s3, m, b);
                s4 = Step<TDoubles, TVector>(s4, m, b);
                s5 = Step<TDoubles, TVector>(s5, m, b);
                s6 = Step<TDoubles, TVector>(s6, m, b);
                s7 = Step<TDoubles, TVector>(s7, m, b);
                s8 = Step<TDoubles, TVector>(s8, m, b);
                s9 = Step<TDoubles, TVector>(s9, m, b);
                s10 = Step<TDoubles, TVector>(s10, m, b);
                s11 = Step<TDoubles, TVector>(s11, m, b);
            }
            s0 = Step<TDoubles, TVector>(s0, m, b);
            s1 = Step<TDoubles, TVector>(s1, m, b);
            s2 = Step<TDoubles, TVector>(s2, m, b);
            s3 = Step<TDoubles, TVector>(s3, m, b);
        }
        TDoubles.Store(sums, s0);
        TDoubles.Store(sums + lanes, s1);
        TDoubles.Store(sums + (2 * lanes), s2);
        TDoubles.Store(sums + (3 * lanes), s3);
        TDoubles.Store(sums + (4 * lanes), s4);
        TDoubles.Store(sums + (5 * lanes), s5);
        TDoubles.Store(sums + (6 * lanes), s6);
        TDoubles.Store(sums + (7 * lanes), s7);
        TDoubles.Store(sums + (8 * lanes), s8);
        TDoubles.Store(sums + (9 * lanes), s9);
        TDoubles.Store(sums + (10 * lanes), s10);
        TDoubles.Store(sums + (11 * lanes), s11);
        state->Operations += operations;
    }

    /// <summary>
    /// x * m + b, or m * b + x, which is the same for these numbers: NEON's instruction overwrites the summand, x86-64's any operand,
    /// and a copy for each step would be measured too.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Step<TDoubles, TVector>(TVector x, TVector m, TVector b)
        where TDoubles : IDoubles<TVector>
        where TVector : unmanaged =>
        AdvSimd.IsSupported ? TDoubles.MultiplyAdd(m, b, x) : TDoubles.MultiplyAdd(x, m, b);

    [UnmanagedCallersOnly]
    private static ProbeStatus Verify(ProbeRun* run)
    {
        State* state = (State*)run->Context;
        for (int i = 0; i < Accumulators * state->Lanes; i++)
        {
            int steps = Rounds + (i / state->Lanes < Extra ? 1 : 0);
            if (state->Sums[i] != i + ((double)state->Operations * steps))
            {
                return Engine.Fail(run, "wrong sum of multiply-adds"u8);
            }
        }
        return ProbeStatus.Ok;
    }

    [UnmanagedCallersOnly]
    private static void Close(ProbeRun* run) => ProbeState.Release<State>(run);
}
