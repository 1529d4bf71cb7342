using VirtualBench.Targets;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.Interop;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Disks;

/// <summary>
/// <c>virtio-blk</c> and <c>virtio-scsi</c>: a file of the host that QEMU makes a disk of. It is written in full before the first trial, so
/// that no trial is the one that makes it grow, with bytes that do not compress.
/// </summary>
internal sealed class HostImage(string name, DiskKinds kind, ImageOptions options, DiskSession session) : IDisk
{
    private const string Converter = "qemu-img";
    private const int PieceBytes = 1 << 20;

    // QEMU's account is another than ours; the directory around keeps everybody else out.
    private const UnixFileMode Everybody = (UnixFileMode)0b110_110_110;

    private readonly SortedDictionary<string, string> _settings = new(StringComparer.Ordinal)
    {
        ["format"] = options.Format, ["cache"] = options.Cache, ["aio"] = options.Aio,
    };
    private string? _directory;
    private string? _file;

    public string Name => name;

    public DiskKinds Offers => kind;

    public IReadOnlyDictionary<string, string> Settings => _settings;

    // While a qcow2 image is made, the raw one that it is made from is there too.
    public Task<Availability> FindAsync(CancellationToken cancellation) => Task.FromResult(
        options.Format != "raw" && ProgramPath.Find(Converter) is null
            ? new Availability(false, null, $"{Converter} is not installed", "./build.sh setup")
            : session.WhyNot(options.Format == "raw" ? Bytes : 2 * Bytes) ?? new Availability(true, null));

    public async Task OpenAsync(CancellationToken cancellation)
    {
        _settings["fileSystem"] = session.FileSystem;
        _directory = session.NewDirectory("image");
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_001_001);
        _file = Path.Combine(_directory, "disk");
        try
        {
            await WriteAsync(_file, cancellation).ConfigureAwait(false);
            if (options.Format != "raw")
            {
                _file = await ConvertAsync(_file, cancellation).ConfigureAwait(false);
            }

            File.SetUnixFileMode(_file, Everybody);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"the image of disk {name} cannot be written: {e.Message}; --disk-directory DIR", e);
        }
    }

    public DiskPort Plug(string label)
    {
        var file = _file ?? throw new InvalidOperationException("OpenAsync comes first.");
        PageCache.Drop(file);
        return new DiskPort(new ImageDisk(file, options, kind == DiskKinds.VirtioScsi));
    }

    public ValueTask DisposeAsync()
    {
        if (_directory is not null)
        {
            Directory.Delete(_directory, recursive: true);
            _directory = null;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Whole MiB.</summary>
    private long Bytes => (session.FileBytes + PieceBytes - 1) / PieceBytes * PieceBytes;

    private async Task WriteAsync(string file, CancellationToken cancellation)
    {
        using var output = new FileStream(
            file,
            new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = Bytes, BufferSize = 0 });
        var piece = new byte[PieceBytes];
        var random = new Random(1);
        for (long written = 0; written < Bytes; written += PieceBytes)
        {
            random.NextBytes(piece);
            await output.WriteAsync(piece, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<string> ConvertAsync(string raw, CancellationToken cancellation)
    {
        var file = raw + "." + options.Format;
        var answer = await HostCommand.RunAsync(
            ProgramPath.Find(Converter) ?? throw new TargetException($"{Converter} is not installed"),
            ["convert", "-f", "raw", "-O", options.Format, raw, file], cancellation).ConfigureAwait(false);
        if (answer.Status != 0)
        {
            throw new TargetException($"{Converter} could not make the image of disk {name}: {answer.Error ?? "it said nothing"}");
        }

        File.Delete(raw);
        return file;
    }
}
