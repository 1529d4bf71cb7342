using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using VirtualBench.Probes.Interop;
using VirtualBench.Probes.Vectors;

namespace VirtualBench.Probes;

/// <summary>STREAM's add: c = a + b.</summary>
internal readonly unsafe struct MemAdd : IStreamKernel
{
    public static Probe Probe => new("mem.add"u8, Stream.Parameters, &Open, null, &Verify, &Close);

    public static StreamUse Uses => StreamUse.A | StreamUse.B | StreamUse.C;

    public static StreamUse Target => StreamUse.C;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value<TDoubles, TVector>(double* a, double* b, double* c, TVector scalar, nint i)
        where TDoubles : IDoubles<TVector>
        where TVector : unmanaged => TDoubles.Add(TDoubles.Load(a + i), TDoubles.Load(b + i));

    public static double Expected(long i) => StreamArrays.InputA(i) + StreamArrays.InputB(i);

    [UnmanagedCallersOnly]
    private static ProbeStatus Open(ProbeRun* run)
    {
        Widths widths = new()
        {
            Bits512 = Avx512F.IsSupported ? &Run512 : null,
            Bits256 = Avx2.IsSupported && Fma.IsSupported ? &Run256 : null,
            Bits128 = &Run128,
        };
        return Stream.Open<MemAdd>(run, widths);
    }

    [UnmanagedCallersOnly]
    private static void Run128(void* context, nint operations) =>
        Stream.Run<MemAdd, Doubles128, Vector128<double>>((StreamArrays*)context, operations);

    [UnmanagedCallersOnly]
    private static void Run256(void* context, nint operations) =>
        Stream.Run<MemAdd, Doubles256, Vector256<double>>((StreamArrays*)context, operations);

    [UnmanagedCallersOnly]
    private static void Run512(void* context, nint operations) =>
        Stream.Run<MemAdd, Doubles512, Vector512<double>>((StreamArrays*)context, operations);

    [UnmanagedCallersOnly]
    private static ProbeStatus Verify(ProbeRun* run) => Stream.Verify<MemAdd>(run);

    [UnmanagedCallersOnly]
    private static void Close(ProbeRun* run) => Stream.Close(run);
}
