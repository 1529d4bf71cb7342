using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace VirtualBench.Probes;

/// <summary>On the SHA-2 instructions of ARMv8, which do four rounds on (abcd, efgh) or make four words of the schedule.</summary>
internal readonly unsafe struct Sha256Arm : ISha256
{
    private const int BlockBytes = 64;

    public static void Compress(uint* state, byte* data, nint blocks)
    {
        uint* k = Sha256Portable.ConstantsPointer;
        Vector128<uint> abcd = Vector128.Load(state);
        Vector128<uint> efgh = Vector128.Load(state + 4);
        for (; blocks > 0; blocks--, data += BlockBytes)
        {
            Vector128<uint> abcdBefore = abcd, efghBefore = efgh;
            Vector128<uint> w0 = BigEndian(data), w1 = BigEndian(data + 16), w2 = BigEndian(data + 32), w3 = BigEndian(data + 48);
            for (int t = 0; t < 48; t += 16)
            {
                FourRounds(ref abcd, ref efgh, w0 + Vector128.Load(k + t));
                w0 = Sha256.ScheduleUpdate1(Sha256.ScheduleUpdate0(w0, w1), w2, w3);
                FourRounds(ref abcd, ref efgh, w1 + Vector128.Load(k + t + 4));
                w1 = Sha256.ScheduleUpdate1(Sha256.ScheduleUpdate0(w1, w2), w3, w0);
                FourRounds(ref abcd, ref efgh, w2 + Vector128.Load(k + t + 8));
                w2 = Sha256.ScheduleUpdate1(Sha256.ScheduleUpdate0(w2, w3), w0, w1);
                FourRounds(ref abcd, ref efgh, w3 + Vector128.Load(k + t + 12));
                w3 = Sha256.ScheduleUpdate1(Sha256.ScheduleUpdate0(w3, w0), w1, w2);
            }
            FourRounds(ref abcd, ref efgh, w0 + Vector128.Load(k + 48));
            FourRounds(ref abcd, ref efgh, w1 + Vector128.Load(k + 52));
            FourRounds(ref abcd, ref efgh, w2 + Vector128.Load(k + 56));
            FourRounds(ref abcd, ref efgh, w3 + Vector128.Load(k + 60));
            abcd += abcdBefore;
            efgh += efghBefore;
        }
        abcd.Store(state);
        efgh.Store(state + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourRounds(ref Vector128<uint> abcd, ref Vector128<uint> efgh, Vector128<uint> sums)
    {
        Vector128<uint> before = abcd;
        abcd = Sha256.HashUpdate1(abcd, efgh, sums);
        efgh = Sha256.HashUpdate2(efgh, before, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> BigEndian(byte* data) => AdvSimd.ReverseElement8(Vector128.Load(data).AsUInt32());
}
