using VirtualBench.Targets;
using VirtualBench.Targets.Disks;

namespace VirtualBench.Disks;

/// <summary><c>volume</c>: a volume that the container engine makes for a container, in its own store, and removes with it.</summary>
internal sealed class EngineVolume : IDisk
{
    public string Name => "volume";

    public DiskKinds Offers => DiskKinds.Volume;

    public IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string> { ["place"] = "the engine's own store" };

    public Task<Availability> FindAsync(CancellationToken cancellation) => Task.FromResult(new Availability(true, null));

    public Task OpenAsync(CancellationToken cancellation) => Task.CompletedTask;

    public DiskPort Plug(string label) => new(new VolumeDisk());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
