using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using VirtualBench.Probes.Interop;
using VirtualBench.Probes.Vectors;

namespace VirtualBench.Probes;

/// <summary>C += A * B for square column-major matrices of doubles by <see cref="DgemmKernel"/>.</summary>
/// <remarks>
/// The entries are small whole numbers, so every product and sum is exact and the check (Freivalds' random vector) may ask for equality.
/// </remarks>
internal static unsafe class CpuDgemm
{
    private const int SizeMax = 8192;
    private const int Trials = 20;
    private const nuint Line = 64;

    public static Probe Probe => new("cpu.dgemm"u8, "n=256 width=0"u8, &Open, null, &Verify, &Close);

    [UnmanagedCallersOnly]
    private static ProbeStatus Open(ProbeRun* run)
    {
        long n = Engine.Integer(run, "n"u8, 256);
        if (n is < 1 or > SizeMax)
        {
            return Engine.Fail(run, "n must be between 1 and 8192"u8);
        }
        bool isFused = Avx2.IsSupported && Fma.IsSupported;
        Widths widths = new()
        {
            Bits512 = Avx512F.IsSupported ? &Run512 : null,
            Bits256 = isFused ? &Run256 : null,
            Bits128 = &Run128,
        };
        int bits = widths.Choose(run);
        if (bits == 0)
        {
            return ProbeStatus.Failed;
        }
        Engine.Note(run, "kind"u8, bits > 128 ? "fma"u8 : widths.Kind);
        DgemmMatrices* state = Allocate(run, (nuint)n);
        if (state == null)
        {
            return ProbeStatus.Failed;
        }
        Random random = new(1);
        for (nint i = 0; i < (nint)(n * n); i++)
        {
            state->A[i] = (double)(random.Next() % 17) - 8;
            state->B[i] = (double)(random.Next() % 17) - 8;
        }
        Engine.Metric(run, "work"u8, 2.0 * n * n * n, "flop"u8);
        return ProbeStatus.Ok;
    }

    /// <summary>
    /// State, packed blocks and matrices in one mapping, each on its own cache line; three vectors for the check at the end.
    /// </summary>
    private static DgemmMatrices* Allocate(ProbeRun* run, nuint n)
    {
        nuint matrix = ((n * n) + 7) / 8 * 8;
        nuint header = ((nuint)sizeof(DgemmMatrices) + Line - 1) / Line * Line;
        nuint doubles = (3 * matrix) + (3 * n) + DgemmKernel.PackedDoubles;
        nuint bytes = header + (doubles * sizeof(double));
        DgemmMatrices* state = (DgemmMatrices*)ProbeState.Map(run, bytes);
        if (state == null)
        {
            return null;
        }
        run->Context = state;
        state->N = (int)n;
        state->Bytes = bytes;
        state->PackedA = (double*)((byte*)state + header);
        state->PackedB = state->PackedA + (DgemmKernel.Rows * DgemmKernel.Depth);
        state->A = state->PackedA + DgemmKernel.PackedDoubles;
        state->B = state->A + matrix;
        state->C = state->B + matrix;
        state->Check = state->C + matrix;
        return state;
    }

    [UnmanagedCallersOnly]
    private static void Run128(void* context, nint operations) =>
        DgemmKernel.Run<Doubles128, Vector128<double>>((DgemmMatrices*)context, operations);

    [UnmanagedCallersOnly]
    private static void Run256(void* context, nint operations) =>
        DgemmKernel.Run<Doubles256, Vector256<double>>((DgemmMatrices*)context, operations);

    [UnmanagedCallersOnly]
    private static void Run512(void* context, nint operations) =>
        DgemmKernel.Run<Doubles512, Vector512<double>>((DgemmMatrices*)context, operations);

    /// <summary>
    /// Freivalds: for a random x, C x = operations * A (B x) with certainty when C is right, with probability 1/2 at most when it is not.
    /// </summary>
    [UnmanagedCallersOnly]
    private static ProbeStatus Verify(ProbeRun* run)
    {
        DgemmMatrices* state = (DgemmMatrices*)run->Context;
        int n = state->N;
        double* x = state->Check, left = x + n, right = left + n;
        Random random = new(0x5eed);
        for (int trial = 0; trial < Trials; trial++)
        {
            for (int i = 0; i < n; i++)
            {
                x[i] = (random.Next() >> 40 & 1) != 0 ? 1 : -1;
            }
            Multiply(left, state->B, x, n, 1);
            Multiply(right, state->A, left, n, state->Operations);
            Multiply(left, state->C, x, n, 1);
            if (!new ReadOnlySpan<double>(left, n).SequenceEqual(new ReadOnlySpan<double>(right, n)))
            {
                return Engine.Fail(run, "wrong product of matrices"u8);
            }
        }
        return ProbeStatus.Ok;
    }

    /// <summary>y = M (x * factor).</summary>
    private static void Multiply(double* y, double* m, double* x, int n, double factor)
    {
        new Span<double>(y, n).Clear();
        for (nint j = 0; j < n; j++)
        {
            for (nint i = 0; i < n; i++)
            {
                y[i] += m[(j * n) + i] * (x[j] * factor);
            }
        }
    }

    [UnmanagedCallersOnly]
    private static void Close(ProbeRun* run)
    {
        DgemmMatrices* state = (DgemmMatrices*)run->Context;
        if (state != null)
        {
            Platform.Unmap(state, state->Bytes);
            run->Context = null;
        }
    }
}
