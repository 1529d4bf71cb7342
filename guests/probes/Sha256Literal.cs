using System.Buffers.Binary;
using System.Numerics;

namespace VirtualBench.Probes;

/// <summary>As the standard writes it, to check the others by.</summary>
internal readonly unsafe struct Sha256Literal : ISha256
{
    public static void Compress(uint* state, byte* data, nint blocks)
    {
        uint* w = stackalloc uint[64];
        uint* v = stackalloc uint[8];
        for (; blocks > 0; blocks--, data += 64)
        {
            Schedule(w, data);
            for (int i = 0; i < 8; i++)
            {
                v[i] = state[i];
            }
            for (int t = 0; t < 64; t++)
            {
                Round(v, Sha256Portable.ConstantsPointer[t] + w[t]);
            }
            for (int i = 0; i < 8; i++)
            {
                state[i] += v[i];
            }
        }
    }

    private static void Schedule(uint* w, byte* data)
    {
        for (int t = 0; t < 16; t++)
        {
            w[t] = BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(data + (4 * t), 4));
        }
        for (int t = 16; t < 64; t++)
        {
            uint sigma0 = BitOperations.RotateRight(w[t - 15], 7) ^ BitOperations.RotateRight(w[t - 15], 18) ^ (w[t - 15] >> 3);
            uint sigma1 = BitOperations.RotateRight(w[t - 2], 17) ^ BitOperations.RotateRight(w[t - 2], 19) ^ (w[t - 2] >> 10);
            w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
        }
    }

    /// <summary>One round on the working variables a to h.</summary>
    private static void Round(uint* v, uint sum)
    {
        uint a = v[0], e = v[4];
        uint choice = (e & v[5]) ^ (~e & v[6]), majority = (a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]);
        uint t1 = v[7] + choice + sum
            + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25));
        uint t2 = (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22)) + majority;
        for (int i = 7; i > 0; i--)
        {
            v[i] = v[i - 1];
        }
        v[4] += t1;
        v[0] = t1 + t2;
    }
}
