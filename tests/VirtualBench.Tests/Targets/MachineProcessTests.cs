using VirtualBench.Targets;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Tests.Targets;

/// <summary>Machines that are child processes, played by the small program.</summary>
[Collection("engines")]
public sealed class MachineProcessTests(EngineFixture engines)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ends_a_machine_whose_guest_is_over()
    {
        var console = new RecordingConsole();
        var launch = Describe("hang");
        var end = await MachineProcess.RunAsync(launch, "the engine", new LastWord("hanging"), console, Cancellation);
        Assert.Equal(new InstanceEnd(7, null), end);
        Assert.Equal("hanging\n", console.Text);
        Assert.Equal(["accepted", "started"], console.Phases);
        Assert.Empty(InstanceProcesses.Find(value => value == launch.Label));
    }

    [Fact]
    public async Task Says_how_a_machine_ended_whose_guest_said_nothing()
    {
        var console = new RecordingConsole();
        var end = await MachineProcess.RunAsync(Describe("segv"), "the engine", new LastWord("hanging"), console, Cancellation);
        Assert.Equal(new InstanceEnd(null, "the engine was killed by SIGSEGV (signal 11): last words"), end);
    }

    [Theory]
    [InlineData(0, null, "ignored", "the guest stopped before its program had ended: it crashed, or had too little memory")]
    [InlineData(1, null, "no such file", "E ended with status 1: no such file")]
    [InlineData(1, null, null, "E ended with status 1")]
    [InlineData(null, 9, null, "E was killed by SIGKILL (signal 9)")]
    public void A_fault_says_what_the_engine_said(int? status, int? signal, string? text, string fault) =>
        Assert.Equal(fault, MachineProcess.FaultOf("E", new ProcessOutcome(new ProcessEnd(status, signal), 0, text is null ? [] : [text])));

    [Fact]
    public async Task What_cannot_be_executed_is_said_to_be_so()
    {
        var launch = Describe() with { Path = "/no/such/engine" };
        var exception = await Assert.ThrowsAsync<TargetException>(
            () => MachineProcess.RunAsync(launch, "the engine", new LastWord(""), new RecordingConsole(), Cancellation));
        Assert.Contains("cannot execute /no/such/engine: No such file", exception.Message, StringComparison.Ordinal);
    }

    private ProcessLaunch Describe(params string[] arguments)
    {
        var launch = engines.Launch(arguments);
        return new ProcessLaunch(
            launch.Program.Path, launch.Arguments, [$"{InstanceProcesses.Variable}={launch.Label}"], [], launch.Label);
    }

    /// <summary>A guest that is over once it has printed this line.</summary>
    private sealed class LastWord(string word) : GuestConsoleEnd
    {
        private bool _said;

        public override bool IsOver => _said;

        protected override void Take(ReadOnlySpan<byte> line) => _said |= System.Text.Encoding.ASCII.GetString(line) == word;

        protected override InstanceEnd Judge(string otherwise) =>
            _said ? new InstanceEnd(7, null) : new InstanceEnd(null, otherwise);
    }
}
