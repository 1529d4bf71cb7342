using System.Runtime.Intrinsics.Arm;
using VirtualBench.Probes.Interop;

namespace VirtualBench.Probes.Vectors;

/// <summary>A workload's entry points by the width of their vectors. Null is one that this CPU, or this program, cannot run.</summary>
internal readonly unsafe ref struct Widths
{
    /// <summary>512 bits.</summary>
    public required delegate* unmanaged<void*, nint, void> Bits512 { get; init; }

    /// <summary>256 bits.</summary>
    public required delegate* unmanaged<void*, nint, void> Bits256 { get; init; }

    /// <summary>128 bits with x86-64's fused multiply-add; null for a workload that has no use for it.</summary>
    public delegate* unmanaged<void*, nint, void> Bits128Fused { get; init; }

    /// <summary>128 bits: always there.</summary>
    public required delegate* unmanaged<void*, nint, void> Bits128 { get; init; }

    /// <summary>
    /// Gives the run the widest that is there and that the parameter <c>width</c> allows (0: any), and notes it. Returns its bits; 0, with
    /// the run failed or unsupported, when there is none.
    /// </summary>
    public int Choose(ProbeRun* run)
    {
        long wanted = Engine.Integer(run, "width"u8, 0);
        switch (wanted)
        {
            case 0 or 512 when Bits512 != null:
                return Use(run, Bits512, 512, "512"u8);
            case 0 or 256 when Bits256 != null:
                return Use(run, Bits256, 256, "256"u8);
            case 0 or 128:
                return Use(run, Bits128Fused != null ? Bits128Fused : Bits128, 128, "128"u8);
            case 256:
                Engine.Unsupported(run, "this CPU has no vectors of that width"u8);
                return 0;
            case 512:
                Engine.Unsupported(run, "this CPU has no AVX-512, or this program is not compiled for it"u8);
                return 0;
            default:
                Engine.Fail(run, "width must be 0, 128, 256 or 512"u8);
                return 0;
        }
    }

    /// <summary>The word for how the workload multiplies and adds, noted as <c>kind</c>.</summary>
    public ReadOnlySpan<byte> Kind => AdvSimd.Arm64.IsSupported || Bits128Fused != null ? "fma"u8 : "mul+add"u8;

    private static int Use(ProbeRun* run, delegate* unmanaged<void*, nint, void> workload, int bits, ReadOnlySpan<byte> text)
    {
        Engine.Use(run, workload);
        Engine.Note(run, "width"u8, text);
        return bits;
    }
}
