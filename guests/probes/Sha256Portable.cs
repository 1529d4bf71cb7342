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
    private const uint None = 4; // an index that a shuffle makes zero of

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
        // The constants and, as far behind them as they are long, their sums with the schedule: one register reaches both.
        uint* work = stackalloc uint[2 * Rounds];
        Constants.CopyTo(new Span<uint>(work, Rounds));
        for (; blocks > 0; blocks--, data += BlockBytes)
        {
            CompressBlock(state, data, work);
        }
    }

    // Out of line, for the eight variables to have the registers to themselves. Vector and scalar instructions alternate, so that the CPU
    // works at the next words of the schedule during the rounds.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CompressBlock(uint* state, byte* data, uint* k)
    {
        Vector128<uint> w0 = BigEndian(data), w1 = BigEndian(data + 16), w2 = BigEndian(data + 32), w3 = BigEndian(data + 48);
        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        uint bc = b ^ c;
        for (uint* last = k + 48; k < last; k += 16)
        {
            (w0 + Vector128.Load(k)).Store(k + 64);
            w0 = Next(w0, w1, w2, w3);
            FourRounds(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h, ref bc, k + 64);
            (w1 + Vector128.Load(k + 4)).Store(k + 68);
            w1 = Next(w1, w2, w3, w0);
            FourRounds(ref e, ref f, ref g, ref h, ref a, ref b, ref c, ref d, ref bc, k + 68);
            (w2 + Vector128.Load(k + 8)).Store(k + 72);
            w2 = Next(w2, w3, w0, w1);
            FourRounds(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h, ref bc, k + 72);
            (w3 + Vector128.Load(k + 12)).Store(k + 76);
            w3 = Next(w3, w0, w1, w2);
            FourRounds(ref e, ref f, ref g, ref h, ref a, ref b, ref c, ref d, ref bc, k + 76);
        }
        (w0 + Vector128.Load(k)).Store(k + 64);
        FourRounds(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h, ref bc, k + 64);
        (w1 + Vector128.Load(k + 4)).Store(k + 68);
        FourRounds(ref e, ref f, ref g, ref h, ref a, ref b, ref c, ref d, ref bc, k + 68);
        (w2 + Vector128.Load(k + 8)).Store(k + 72);
        FourRounds(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h, ref bc, k + 72);
        (w3 + Vector128.Load(k + 12)).Store(k + 76);
        FourRounds(ref e, ref f, ref g, ref h, ref a, ref b, ref c, ref d, ref bc, k + 76);
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    /// <summary>Four rounds; afterwards a to d and e to h have changed places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourRounds(
        ref uint a, ref uint b, ref uint c, ref uint d, ref uint e, ref uint f, ref uint g, ref uint h, ref uint bc, uint* sums)
    {
        Round(a, b, ref d, e, f, g, ref h, ref bc, sums[0]);
        Round(h, a, ref c, d, e, f, ref g, ref bc, sums[1]);
        Round(g, h, ref b, c, d, e, ref f, ref bc, sums[2]);
        Round(f, g, ref a, b, c, d, ref e, ref bc, sums[3]);
    }

    /// <summary>A round with the sum of its constant and its word of the schedule.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, uint b, ref uint d, uint e, uint f, uint g, ref uint h, ref uint bc, uint sum)
    {
        uint t = h + sum;
        t += g ^ (e & (f ^ g));
        t += BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
        d += t;
        // The majority of a, b and c; a ^ b is the next round's b ^ c.
        uint ab = a ^ b;
        t += b ^ (ab & bc);
        bc = ab;
        t += BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
        h = t;
    }

    /// <summary>The four words after the sixteen in <paramref name="w0"/> to <paramref name="w3"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Next(Vector128<uint> w0, Vector128<uint> w1, Vector128<uint> w2, Vector128<uint> w3)
    {
        Vector128<uint> early = OneWordLater(w0, w1);
        Vector128<uint> sigma0 = RotateRight(early, 7) ^ RotateRight(early, 18) ^ (early >>> 3);
        Vector128<uint> sum = w0 + sigma0 + OneWordLater(w2, w3);
        // W(t-2) of the upper two words is one of the lower two of this very vector, so sigma1 comes in halves.
        Vector128<uint> sigma1 = Sigma1(Vector128.Shuffle(w3, Vector128.Create(2u, 2u, 3u, 3u)));
        sum += Vector128.Shuffle(sigma1, Vector128.Create(0u, 2u, None, None));
        sigma1 = Sigma1(Vector128.Shuffle(sum, Vector128.Create(0u, 0u, 1u, 1u)));
        return sum + Vector128.Shuffle(sigma1, Vector128.Create(None, None, 0u, 2u));
    }

    /// <summary>Words 1 to 3 of the first vector, then word 0 of the second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> OneWordLater(Vector128<uint> low, Vector128<uint> high) =>
        Ssse3.IsSupported
            ? Ssse3.AlignRight(high.AsByte(), low.AsByte(), 4).AsUInt32()
            : AdvSimd.ExtractVector128(low, high, 1);

    /// <summary>In words 0 and 2. Each word stands there twice: the lower half of a 64-bit shift is then the rotation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Sigma1(Vector128<uint> twice) =>
        (twice.AsUInt64() >>> 17).AsUInt32() ^ (twice.AsUInt64() >>> 19).AsUInt32() ^ (twice >>> 10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateRight(Vector128<uint> w, int count) => (w >>> count) | (w << (32 - count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> BigEndian(byte* data) =>
        Vector128.Shuffle(Vector128.Load(data), Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)).AsUInt32();
}
