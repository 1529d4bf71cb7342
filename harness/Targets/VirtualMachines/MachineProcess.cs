using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>A machine that is a child process of ours with its console on standard output, be it QEMU or a kernel itself.</summary>
internal static class MachineProcess
{
    /// <summary>Starts it, hands on its console, and returns when it is gone.</summary>
    /// <param name="engine">What a fault calls the process, e.g. <c>QEMU</c>.</param>
    /// <param name="end">What reads the guest's last words; when it says that the guest is over, the process is ended.</param>
    /// <exception cref="TargetException">It could not be executed.</exception>
    public static async Task<InstanceEnd> RunAsync(
        ProcessLaunch launch, string engine, GuestConsoleEnd end, IGuestConsole console, CancellationToken cancellation)
    {
        console.Phase("accepted");
        var outcome = await GuestProcess.RunAsync(launch, new Listener(console, end), cancellation, () => end.IsOver).ConfigureAwait(false);
        return outcome.WhyNotStarted(launch.Path) is { } refusal ? throw new TargetException(refusal)
            : end.Conclude(FaultOf(engine, outcome));
    }

    /// <summary>What is to say when the guest itself did not say how it ended.</summary>
    internal static string FaultOf(string engine, ProcessOutcome outcome) => outcome switch
    {
        { End.Signal: { } signal } => WithText($"{engine} was killed by {SignalName.Of(signal)}", outcome.ErrorText),
        { End.Status: not 0 and var status } => WithText($"{engine} ended with status {status}", outcome.ErrorText),
        _ => "the guest stopped before its program had ended: it crashed, or had too little memory",
    };

    private static string WithText(string fault, string? errorText) => errorText is null ? fault : $"{fault}: {errorText}";

    private sealed class Listener(IGuestConsole console, GuestConsoleEnd end) : IGuestConsole
    {
        public void Receive(ReadOnlySpan<byte> bytes)
        {
            console.Receive(bytes);
            end.Receive(bytes);
        }

        public void Phase(string name) => console.Phase(name);
    }
}
