using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VirtualBench.Probes.Vectors;

/// <summary>512 bits: AVX-512, in a program that is compiled for it.</summary>
internal readonly unsafe struct Doubles512 : IDoubles<Vector512<double>>
{
    public static int Lanes => 8;

    public static Vector512<double> Zero => Vector512<double>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Broadcast(double* value) => Vector512.Create(*value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Load(double* address) => Avx512F.LoadVector512(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(double* address, Vector512<double> value) => Avx512F.Store(address, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreaming(double* address, Vector512<double> value) => Avx512F.StoreAlignedNonTemporal(address, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Add(Vector512<double> left, Vector512<double> right) => Avx512F.Add(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Multiply(Vector512<double> left, Vector512<double> right) => Avx512F.Multiply(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MultiplyAdd(Vector512<double> x, Vector512<double> m, Vector512<double> b) =>
        Avx512F.FusedMultiplyAdd(x, m, b);
}
