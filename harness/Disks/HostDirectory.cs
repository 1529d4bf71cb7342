using VirtualBench.Host;
using VirtualBench.Targets;
using VirtualBench.Targets.Disks;

namespace VirtualBench.Disks;

/// <summary>
/// A directory of the host for each trial: what <c>directory</c>, <c>overlay</c>, <c>virtiofs</c> and <c>9p</c> are made of. The guest
/// program makes its file there, and so finds nothing of it in a cache.
/// </summary>
internal sealed class HostDirectory(string name, DiskKinds kind, DiskSession session, Func<string, GuestDisk> give) : IDisk
{
    // Whoever serves a guest may be another account than ours.
    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;

    private readonly SortedDictionary<string, string> _settings = new(StringComparer.Ordinal);

    public string Name => name;

    public DiskKinds Offers => kind;

    public IReadOnlyDictionary<string, string> Settings => _settings;

    public Task<Availability> FindAsync(CancellationToken cancellation) => Task.FromResult(
        session.WhyNot(session.FileBytes) ?? new Availability(true, HostKernel.Version()));

    public Task OpenAsync(CancellationToken cancellation)
    {
        _settings["fileSystem"] = session.FileSystem;
        return Task.CompletedTask;
    }

    public DiskPort Plug(string label)
    {
        var directory = session.NewDirectory(kind.ToString());
        File.SetUnixFileMode(directory, Everybody);
        return new DiskPort(give(directory), () => Directory.Delete(directory, recursive: true));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
