using System.Text;
using VirtualBench.Guests;
using VirtualBench.Targets.Simulated;

namespace VirtualBench.Targets;

/// <summary>
/// <c>sim</c>, <c>sim:NAME</c>: an engine that runs nothing. Its guests' output is drawn from distributions, so that what the harness makes
/// of known truths can be counted. Runs only when it is named, and everything that it says is marked as simulated.
/// </summary>
public sealed class SimTarget(TargetName name, TargetSession session) : ITarget
{
    public const string EngineName = "sim";

    /// <summary>The image that describes <c>sim</c>.</summary>
    public const string ImageName = "sim";

    /// <summary>What its guests give as the hash of their program.</summary>
    public const string Build = "simulated";

    private readonly byte[] _garbage = Encoding.Latin1.GetBytes("\u001b[2J\0\xff not a word of the protocol\n// VB: main\n");

    public TargetName Name => name;

    public Acceleration Acceleration => Acceleration.None;

    public Isolation Isolation { get; } = new(IsolationLayers.None, "simulated: its figures are drawn at random, nothing is measured");

    private Simulation Simulation => field ??= Find();

    public Task<Availability> FindAsync(CancellationToken cancellation)
    {
        try
        {
            _ = Simulation;
            return Task.FromResult(new Availability(true, "simulated"));
        }
        catch (TargetException e)
        {
            return Task.FromResult(new Availability(false, null, e.Message));
        }
    }

    public Task<Availability> TryAsync(CancellationToken cancellation) => FindAsync(cancellation);

    public Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation) => Task.CompletedTask;

    public async Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        var order = launch.Order ?? throw new TargetException($"{name} simulates starts of a campaign only");
        var simulation = Simulation;
        console.Phase("accepted");
        console.Phase("started");
        if (simulation.DelayMs > 0)
        {
            await Task.Delay(simulation.DelayMs, cancellation).ConfigureAwait(false);
        }

        var guest = new SimulatedGuest(simulation, name.Architecture == GuestArchitecture.Arm64 ? "aarch64" : "x86_64", launch, order);
        switch (guest.DrawFailure())
        {
            case "hang":
                await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(false);
                return new InstanceEnd(null, "ended");
            case "garbage":
                console.Receive(_garbage);
                return new InstanceEnd(0, null);
            case "crash":
                var output = Encoding.ASCII.GetBytes(guest.Speak(firstFails: false));
                console.Receive(output.AsSpan(0, output.Length / 2));
                return new InstanceEnd(null, "killed by SIGSEGV (simulated)");
            case var failure:
                console.Receive(Encoding.ASCII.GetBytes(guest.Speak(failure == "error")));
                return new InstanceEnd(failure == "error" ? 1 : 0, null);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Simulation Find() =>
        name.Variant is null && session.Image(ImageName) is { } file ? Simulations.Read(file)
        : Simulations.Named.TryGetValue(name.Variant ?? "", out var simulation) ? simulation
        : throw new TargetException($"there is no simulation '{name.Variant}': there are "
            + string.Join(", ", Simulations.Named.Keys.Where(key => key.Length > 0)));
}
