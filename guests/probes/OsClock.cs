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
        public long Earliest; // at the start
        public long Latest;
        public long Backwards; // how often the clock was less than before
    }

    public static Probe Probe => new("os.clock"u8, ""u8, &Open, &Run, &Verify, &Close);

    [UnmanagedCallersOnly]
    private static ProbeStatus Open(ProbeRun* run)
    {
        State* state = ProbeState.Allocate<State>(run);
        if (state == null)
        {
            return ProbeStatus.Failed;
        }
        state->Earliest = state->Latest = Stopwatch.GetTimestamp();
        Engine.Metric(run, "work"u8, 1, "call"u8);
        return ProbeStatus.Ok;
    }

    [UnmanagedCallersOnly]
    private static void Run(void* context, nint operations)
    {
        State* state = (State*)context;
        long latest = state->Latest, backwards = 0;
        for (nint i = 0; i < operations; i++)
        {
            long now = Stopwatch.GetTimestamp();
            backwards += now < latest ? 1 : 0;
            latest = now;
        }
        state->Latest = latest;
        state->Backwards += backwards;
    }

    [UnmanagedCallersOnly]
    private static ProbeStatus Verify(ProbeRun* run)
    {
        State* state = (State*)run->Context;
        if (state->Backwards != 0)
        {
            return Engine.Fail(run, "the monotonic clock went backwards"u8);
        }
        return state->Latest > state->Earliest ? ProbeStatus.Ok : Engine.Fail(run, "the monotonic clock stood still"u8);
    }

    [UnmanagedCallersOnly]
    private static void Close(ProbeRun* run) => ProbeState.Release<State>(run);
}
