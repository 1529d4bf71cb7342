using System.Diagnostics;
using System.Runtime.InteropServices;
using VirtualBench.Probes.Interop;

namespace VirtualBench.Probes;

/// <summary>
/// One operation reads the monotonic clock in the way of a C# program: <see cref="Stopwatch.GetTimestamp"/>, which is
/// clock_gettime(CLOCK_MONOTONIC) behind the runtime's own transition.
/// </summary>
internal static unsafe class OsClock
{
    private struct State
    {
        public long Last;
        public long Backwards; // how often the clock was less than before
    }

    public static Probe Probe => new("os.clock"u8, ""u8, &Open, &Run, &Verify, &Close);

    [UnmanagedCallersOnly]
    private static ProbeStatus Open(ProbeRun* run) =>
        ProbeState.Allocate<State>(run) != null ? ProbeStatus.Ok : ProbeStatus.Failed;

    [UnmanagedCallersOnly]
    private static void Run(void* context, nint operations)
    {
        State* state = (State*)context;
        long last = state->Last, backwards = state->Backwards;
        for (nint i = 0; i < operations; i++)
        {
            long now = Stopwatch.GetTimestamp();
            backwards += now < last ? 1 : 0;
            last = now;
        }
        state->Last = last;
        state->Backwards = backwards;
    }

    [UnmanagedCallersOnly]
    private static ProbeStatus Verify(ProbeRun* run)
    {
        State* state = (State*)run->Context;
        return state->Backwards == 0 && state->Last != 0 ? ProbeStatus.Ok : Engine.Fail(run, "the clock went backwards"u8);
    }

    [UnmanagedCallersOnly]
    private static void Close(ProbeRun* run) => ProbeState.Release<State>(run);
}
