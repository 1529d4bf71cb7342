using VirtualBench.Targets;
using VirtualBench.Targets.Disks;

namespace VirtualBench.Disks;

/// <summary>
/// <c>virtiofs</c>: a directory of the host for each trial, served by virtiofsd, which libvirt starts. By itself virtiofsd takes no notice
/// of a guest's O_DIRECT, and reads would be answered from the host's page cache; so it is told to (allow_direct_io), for which libvirt
/// has no words: what libvirt starts is a script of ours.
/// </summary>
internal sealed class VirtiofsShare(string name, DiskSession session) : IDisk
{
    private const string DirectOption = "allow_direct_io";

    // Where the packages of QEMU 7 and of the virtiofsd that came after have it; neither is in the search path.
    private static readonly string[] Servers = ["/usr/lib/qemu/virtiofsd", "/usr/libexec/virtiofsd"];

    private readonly SortedDictionary<string, string> _settings = new(StringComparer.Ordinal) { ["virtiofsd"] = DirectOption };
    private readonly HostDirectory _directories = new(name, DiskKinds.Virtiofs, session, path => new DirectoryDisk(path));
    private string? _server;

    public string Name => name;

    public DiskKinds Offers => DiskKinds.Virtiofs;

    public IReadOnlyDictionary<string, string> Settings => _settings;

    public Task<Availability> FindAsync(CancellationToken cancellation) => Server is null
        ? Task.FromResult(new Availability(false, null, "virtiofsd is not installed", "./build.sh setup"))
        : _directories.FindAsync(cancellation);

    public async Task OpenAsync(CancellationToken cancellation)
    {
        await _directories.OpenAsync(cancellation).ConfigureAwait(false);
        foreach (var (key, value) in _directories.Settings)
        {
            _settings[key] = value;
        }

        _server = Path.Combine(session.NewDirectory("virtiofsd"), "virtiofsd");
        await File.WriteAllTextAsync(_server, $"#!/bin/sh\nexec {Server} -o {DirectOption} \"$@\"\n", cancellation).ConfigureAwait(false);
        File.SetUnixFileMode(_server, (UnixFileMode)0b111_101_101);
    }

    public DiskPort Plug(string label)
    {
        var port = _directories.Plug(label);
        return new DiskPort(new VirtiofsDisk(((DirectoryDisk)port.Disk).Path, _server!), port.Dispose);
    }

    public ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            Directory.Delete(Path.GetDirectoryName(_server)!, recursive: true);
            _server = null;
        }

        return _directories.DisposeAsync();
    }

    private static string? Server => Servers.FirstOrDefault(File.Exists);
}
