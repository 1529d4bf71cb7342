using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace VirtualBench.Probes.Vectors;

/// <summary>What every CPU has that the program runs on: NEON, or AVX's form of SSE2 without the fused multiply-add.</summary>
internal readonly unsafe struct Doubles128 : IDoubles<Vector128<double>>
{
    public static int Lanes => 2;

    public static Vector128<double> Zero => Vector128<double>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Broadcast(double* value) => Vector128.Create(*value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Load(double* address) => Vector128.Load(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(double* address, Vector128<double> value) => value.Store(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreaming(double* address, Vector128<double> value) => value.StoreAlignedNonTemporal(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Add(Vector128<double> left, Vector128<double> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Multiply(Vector128<double> left, Vector128<double> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> MultiplyAdd(Vector128<double> x, Vector128<double> m, Vector128<double> b) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.FusedMultiplyAdd(b, x, m) : (x * m) + b;
}

/// <summary>128 bits with the fused multiply-add of x86-64.</summary>
internal readonly unsafe struct Doubles128Fused : IDoubles<Vector128<double>>
{
    public static int Lanes => 2;

    public static Vector128<double> Zero => Vector128<double>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Broadcast(double* value) => Doubles128.Broadcast(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Load(double* address) => Doubles128.Load(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(double* address, Vector128<double> value) => Doubles128.Store(address, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreaming(double* address, Vector128<double> value) => Doubles128.StoreStreaming(address, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Add(Vector128<double> left, Vector128<double> right) => Doubles128.Add(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Multiply(Vector128<double> left, Vector128<double> right) => Doubles128.Multiply(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> MultiplyAdd(Vector128<double> x, Vector128<double> m, Vector128<double> b) => Fma.MultiplyAdd(x, m, b);
}
