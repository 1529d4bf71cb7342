using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace VirtualBench.Probes;

/// <summary>
/// Without instructions made for it. The message schedule is computed four words at a time, which leaves the integer units to the rounds.
/// </summary>
internal readonly unsafe struct Sha256Portable : ISha256
{
    private const int BlockBytes = 64;
    private const int Rounds = 64;

    /// <summary>The round constants: FIPS 180-4, section 4.2.2.</summary>
    private static ReadOnlySpan<uint> Constants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>The round constants where vector loads reach them; they lie in the program's read-only data.</summary>
    public static uint* ConstantsPointer => (uint*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Constants));

    [SkipLocalsInit]
    public static void Compress(uint* state, byte* data, nint blocks)
    {
        uint* k = ConstantsPointer;
        uint* sums = stackalloc uint[Rounds];
        for (; blocks > 0; blocks--, data += BlockBytes)
        {
            Schedule(data, k, sums);
            AllRounds(state, sums);
        }
    }

    // Out of line, for the eight variables to have the registers to themselves.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AllRounds(uint* state, uint* sums)
    {
        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        uint bc = b ^ c;
        for (uint* end = sums + Rounds; sums < end; sums += 8)
        {
            Round(a, b, ref d, e, f, g, ref h, ref bc, sums[0]);
            Round(h, a, ref c, d, e, f, ref g, ref bc, sums[1]);
            Round(g, h, ref b, c, d, e, ref f, ref bc, sums[2]);
            Round(f, g, ref a, b, c, d, ref e, ref bc, sums[3]);
            Round(e, f, ref h, a, b, c, ref d, ref bc, sums[4]);
            Round(d, e, ref g, h, a, b, ref c, ref bc, sums[5]);
            Round(c, d, ref f, g, h, a, ref b, ref bc, sums[6]);
            Round(b, c, ref e, f, g, h, ref a, ref bc, sums[7]);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    /// <summary>Round t with the sum of its constant and its word of the schedule.</summary>
    /// <param name="bc">b ^ c; becomes a ^ b, which it is in the next round. The majority takes no more than that.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, uint b, ref uint d, uint e, uint f, uint g, ref uint h, ref uint bc, uint sum)
    {
        uint t = h + sum;
        t += g ^ (e & (f ^ g));
        // Rotations by 6, 11 and 25, and by 2, 13 and 22, as rotations of each other: two copies fewer.
        t += BitOperations.RotateRight(e ^ BitOperations.RotateRight(e ^ BitOperations.RotateRight(e, 14), 5), 6);
        d += t;
        uint ab = a ^ b;
        t += b ^ (ab & bc);
        bc = ab;
        t += BitOperations.RotateRight(a ^ BitOperations.RotateRight(a ^ BitOperations.RotateRight(a, 9), 11), 2);
        h = t;
    }

    /// <summary>W(t) + K(t) for t from 0 to 63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Schedule(byte* data, uint* k, uint* sums)
    {
        Vector128<uint> w0 = BigEndian(data), w1 = BigEndian(data + 16), w2 = BigEndian(data + 32), w3 = BigEndian(data + 48);
        for (int t = 0; t < 48; t += 16)
        {
            (w0 + Vector128.Load(k + t)).Store(sums + t);
            w0 = Next(w0, w1, w2, w3);
            (w1 + Vector128.Load(k + t + 4)).Store(sums + t + 4);
            w1 = Next(w1, w2, w3, w0);
            (w2 + Vector128.Load(k + t + 8)).Store(sums + t + 8);
            w2 = Next(w2, w3, w0, w1);
            (w3 + Vector128.Load(k + t + 12)).Store(sums + t + 12);
            w3 = Next(w3, w0, w1, w2);
        }
        (w0 + Vector128.Load(k + 48)).Store(sums + 48);
        (w1 + Vector128.Load(k + 52)).Store(sums + 52);
        (w2 + Vector128.Load(k + 56)).Store(sums + 56);
        (w3 + Vector128.Load(k + 60)).Store(sums + 60);
    }

    /// <summary>The four words after the sixteen in <paramref name="w0"/> to <paramref name="w3"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Next(Vector128<uint> w0, Vector128<uint> w1, Vector128<uint> w2, Vector128<uint> w3)
    {
        Vector128<uint> early = Shuffled(w0, w1);
        Vector128<uint> sigma0 = RotateRight(early, 7) ^ RotateRight(early, 18) ^ (early >>> 3);
        Vector128<uint> sum = w0 + sigma0 + Shuffled(w2, w3);
        // W(t-2) of the upper two words is one of the lower two of this very vector, so sigma1 comes in halves.
        sum += Sigma1(Vector128.Shuffle(w3, Vector128.Create(2u, 3u, 0u, 0u))) & Vector128.Create(~0u, ~0u, 0u, 0u);
        return sum + (Sigma1(Vector128.Shuffle(sum, Vector128.Create(0u, 0u, 0u, 1u))) & Vector128.Create(0u, 0u, ~0u, ~0u));
    }

    /// <summary>Words 1 to 3 of the first vector, then word 0 of the second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Shuffled(Vector128<uint> low, Vector128<uint> high) =>
        Ssse3.IsSupported
            ? Ssse3.AlignRight(high.AsByte(), low.AsByte(), 4).AsUInt32()
            : AdvSimd.ExtractVector128(low, high, 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Sigma1(Vector128<uint> w) => RotateRight(w, 17) ^ RotateRight(w, 19) ^ (w >>> 10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateRight(Vector128<uint> w, int count) => (w >>> count) | (w << (32 - count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> BigEndian(byte* data) =>
        Vector128.Shuffle(Vector128.Load(data), Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)).AsUInt32();
}
