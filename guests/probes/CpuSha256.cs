using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using VirtualBench.Probes.Interop;

namespace VirtualBench.Probes;

/// <summary>
/// One operation digests the message once. On arm64 with its SHA-2 instructions where the CPU has them; on x86-64 without, because .NET
/// 10 has no intrinsics for them: the note <c>instructions</c> tells which.
/// </summary>
internal static unsafe class CpuSha256
{
    private const long BytesMax = 1L << 32;
    private const int Block = 64;

    private struct State
    {
        public byte* Bytes;
        public long Length;
        public fixed uint Digest[8]; // the first
        public long Wrong; // operations whose digest was another
    }

    private static ReadOnlySpan<uint> Start =>
    [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ];

    public static Probe Probe => new("cpu.sha256"u8, "bytes=1048576"u8, &Open, &Run, &Verify, &Close);

    [UnmanagedCallersOnly]
    private static ProbeStatus Open(ProbeRun* run)
    {
        long length = Engine.Integer(run, "bytes"u8, 1048576);
        if (length is < 1 or > BytesMax)
        {
            return Engine.Fail(run, "bytes must be between 1 and 4G"u8);
        }
        State* state = ProbeState.Allocate<State>(run);
        if (state == null)
        {
            return ProbeStatus.Failed;
        }
        Engine.Note(run, "instructions"u8, Sha256.IsSupported ? "sha"u8 : "portable"u8);
        state->Length = length;
        state->Bytes = (byte*)ProbeState.Map(run, (nuint)length);
        if (state->Bytes == null)
        {
            return ProbeStatus.Failed;
        }
        Random random = new(1);
        for (long i = 0; i < length; i++)
        {
            state->Bytes[i] = (byte)random.Next();
        }
        Digest<Fastest>(state->Bytes, length, state->Digest);
        Engine.Metric(run, "work"u8, length, "B"u8);
        return ProbeStatus.Ok;
    }

    [UnmanagedCallersOnly]
    private static void Run(void* context, nint operations)
    {
        State* state = (State*)context;
        uint* digest = stackalloc uint[8];
        for (nint i = 0; i < operations; i++)
        {
            Digest<Fastest>(state->Bytes, state->Length, digest);
            state->Wrong += Equal(digest, state->Digest) ? 0 : 1;
        }
    }

    [UnmanagedCallersOnly]
    private static ProbeStatus Verify(ProbeRun* run)
    {
        State* state = (State*)run->Context;
        byte* abc = Engine.Pointer("abc"u8);
        // FIPS 180-4's example of one block.
        uint* example = stackalloc uint[]
        {
            0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223, 0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad,
        };
        if (!Digests<Fastest>(abc, 3, example) || !Digests<Sha256Literal>(abc, 3, example))
        {
            return Engine.Fail(run, "wrong digest of the standard's example"u8);
        }
        if (state->Wrong != 0)
        {
            return Engine.Fail(run, "the digest changed between operations"u8);
        }
        return Digests<Sha256Literal>(state->Bytes, state->Length, state->Digest) ? ProbeStatus.Ok : Engine.Fail(run, "wrong digest"u8);
    }

    [UnmanagedCallersOnly]
    private static void Close(ProbeRun* run)
    {
        State* state = (State*)run->Context;
        if (state == null)
        {
            return;
        }
        if (state->Bytes != null)
        {
            Platform.Unmap(state->Bytes, (nuint)state->Length);
        }
        ProbeState.Release<State>(run);
    }

    /// <summary>The best that the CPU has.</summary>
    private readonly struct Fastest : ISha256
    {
        public static void Compress(uint* state, byte* data, nint blocks)
        {
            if (Sha256.IsSupported)
            {
                Sha256Arm.Compress(state, data, blocks);
            }
            else
            {
                Sha256Portable.Compress(state, data, blocks);
            }
        }
    }

    /// <summary>The digest of <paramref name="length"/> bytes, as eight words.</summary>
    [SkipLocalsInit]
    private static void Digest<TSha256>(byte* bytes, long length, uint* digest)
        where TSha256 : ISha256
    {
        Start.CopyTo(new Span<uint>(digest, 8));
        TSha256.Compress(digest, bytes, (nint)(length / Block));
        // The rest, a one bit, zeros, and the length in bits at the end of the last block or two.
        Span<byte> last = stackalloc byte[2 * Block];
        last.Clear();
        int rest = (int)(length % Block), padded = rest < Block - sizeof(ulong) ? Block : 2 * Block;
        new ReadOnlySpan<byte>(bytes + length - rest, rest).CopyTo(last);
        last[rest] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(last[(padded - sizeof(ulong))..], length * 8);
        TSha256.Compress(digest, (byte*)Unsafe.AsPointer(ref last[0]), padded / Block);
    }

    private static bool Digests<TSha256>(byte* bytes, long length, uint* expected)
        where TSha256 : ISha256
    {
        uint* digest = stackalloc uint[8];
        Digest<TSha256>(bytes, length, digest);
        return Equal(digest, expected);
    }

    private static bool Equal(uint* left, uint* right) => new ReadOnlySpan<uint>(left, 8).SequenceEqual(new ReadOnlySpan<uint>(right, 8));
}
