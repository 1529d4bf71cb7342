using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VirtualBench.Probes.Vectors;

/// <summary>256 bits: AVX, and the fused multiply-add that the caller has found.</summary>
internal readonly unsafe struct Doubles256 : IDoubles<Vector256<double>>
{
    public static int Lanes => 4;

    public static Vector256<double> Zero => Vector256<double>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Broadcast(double* value) => Avx.BroadcastScalarToVector256(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Load(double* address) => Avx.LoadVector256(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(double* address, Vector256<double> value) => Avx.Store(address, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreaming(double* address, Vector256<double> value) => Avx.StoreAlignedNonTemporal(address, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Add(Vector256<double> left, Vector256<double> right) => Avx.Add(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Multiply(Vector256<double> left, Vector256<double> right) => Avx.Multiply(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MultiplyAdd(Vector256<double> x, Vector256<double> m, Vector256<double> b) =>
        Fma.MultiplyAdd(x, m, b);
}
