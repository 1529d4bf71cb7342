using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using VirtualBench.Probes.Interop;
using VirtualBench.Probes.Vectors;

namespace VirtualBench.Probes;

/// <summary>STREAM's scale: multiplies: b = scalar * c.</summary>
internal readonly unsafe struct MemScale : IStreamKernel
{
    public static Probe Probe => new("mem.scale"u8, Stream.Parameters, &Open, null, &Verify, &Close);

    public static StreamUse Uses => StreamUse.B | StreamUse.C;

    public static StreamUse Target => StreamUse.B;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value<TDoubles, TVector>(double* a, double* b, double* c, TVector scalar, nint i)
        where TDoubles : IDoubles<TVector>
        where TVector : unmanaged => TDoubles.Multiply(scalar, TDoubles.Load(c + i));

    public static double Expected(long i) => StreamArrays.Scalar * StreamArrays.InputC(i);

    [UnmanagedCallersOnly]
    private static ProbeStatus Open(ProbeRun* run)
    {
        Widths widths = new()
        {
            Bits512 = Avx512F.IsSupported ? &Run512 : null,
            Bits256 = Avx2.IsSupported && Fma.IsSupported ? &Run256 : null,
            Bits128 = &Run128,
        };
        return Stream.Open<MemScale>(run, widths);
    }

    [UnmanagedCallersOnly]
    private static void Run128(void* context, nint operations) =>
        Stream.Run<MemScale, Doubles128, Vector128<double>>((StreamArrays*)context, operations);

    [UnmanagedCallersOnly]
    private static void Run256(void* context, nint operations) =>
        Stream.Run<MemScale, Doubles256, Vector256<double>>((StreamArrays*)context, operations);

    [UnmanagedCallersOnly]
    private static void Run512(void* context, nint operations) =>
        Stream.Run<MemScale, Doubles512, Vector512<double>>((StreamArrays*)context, operations);

    [UnmanagedCallersOnly]
    private static ProbeStatus Verify(ProbeRun* run) => Stream.Verify<MemScale>(run);

    [UnmanagedCallersOnly]
    private static void Close(ProbeRun* run) => Stream.Close(run);
}
