using System.Diagnostics;
using VirtualBench.Guests;
using VirtualBench.Libvirt;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>
/// A libvirtd of the run's own with the LXC driver and no other: unlike that for QEMU, the driver runs in a daemon only, and only with
/// root's fixed directories. Each of these is empty and private in the enclosure that it runs in, so that it neither meets the host's own
/// libvirt nor leaves anything.
/// </summary>
internal sealed class PrivateLibvirtDaemon(TargetSession session) : IAsyncDisposable
{
    public const string Program = "libvirtd";

    private const string DriverName = "libvirt_driver_lxc.so";

    // The way to a container's root has to be open to the account that root inside is outside; the scratch directory is not.
    private const string RootsInside = "/run/virtualbench";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);
    private static readonly string[] FixedDirectories = ["/run", "/etc/libvirt", "/var/lib", "/var/log", "/var/cache"];

    private readonly SemaphoreSlim _gate = new(1);
    private EnclosedDaemon? _daemon;
    private Connection? _connection;
    private string _directory = "";
    private int _roots;

    private string Roots => Path.Combine(_directory, "roots");

    private string Socket => Path.Combine(_directory, "libvirt-sock");

    /// <summary>The driver's file; null when it is not installed.</summary>
    public static string? FindDriver() => Directory.EnumerateDirectories("/usr", "lib*")
        .SelectMany(lib => Directory.EnumerateDirectories(lib).Prepend(lib))
        .Select(directory => Path.Combine(directory, "libvirt", "connection-driver", DriverName))
        .FirstOrDefault(File.Exists);

    /// <summary>Starts it the first time.</summary>
    /// <exception cref="TargetException">It cannot be started, or does not answer.</exception>
    public async Task<Connection> ConnectAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_connection is null)
            {
                _daemon ??= Start();
                await WaitUntilListeningAsync(_daemon, cancellation).ConfigureAwait(false);
                _connection = await Task.Run(
                    () => Connection.Open("lxc+unix:///system?socket=" + Uri.EscapeDataString(Socket)), cancellation).ConfigureAwait(false);
            }

            return _connection;
        }
        catch (Exception e) when (e is LibvirtException or LibvirtNotInstalledException)
        {
            throw new TargetException($"the private libvirt daemon does not take us: {ErrorTail.Clean(e.Message)}", e);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A root for containers that run this program.</summary>
    /// <returns>Its path as the daemon sees it.</returns>
    public string AddRoot(GuestProgram program)
    {
        var name = $"{Interlocked.Increment(ref _roots)}";
        LxcDomain.WriteRoot(Path.Combine(Roots, name), program.Path);
        return $"{RootsInside}/{name}";
    }

    public async ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        _connection = null;
        if (_daemon is not null)
        {
            await _daemon.DisposeAsync().ConfigureAwait(false);
            _daemon = null;
            ControlGroups.RemoveMachines(session.Label(""));
            Directory.Delete(_directory, recursive: true);
        }
    }

    private EnclosedDaemon Start()
    {
        var driver = FindDriver() ?? throw new TargetException("libvirt's LXC driver is not installed: ./build.sh setup");
        var enclosure = EnclosedEngine.Enclosure(session);
        if (FixedDirectories.Any(fixedOne => session.ScratchDirectory.StartsWith(fixedOne + "/", StringComparison.Ordinal)))
        {
            throw new TargetException(
                $"libvirt's fixed directories cannot be hidden from it, for {session.ScratchDirectory} is in one: set TMPDIR to another");
        }

        _directory = session.NewScratchDirectory("lxc");
        Directory.CreateDirectory(Roots);
        var drivers = Directory.CreateDirectory(Path.Combine(_directory, "drivers")).FullName;
        File.CreateSymbolicLink(Path.Combine(drivers, DriverName), driver);
        var configuration = Path.Combine(_directory, "libvirtd.conf");
        File.WriteAllText(configuration, $"""
            unix_sock_dir = "{_directory}"
            unix_sock_rw_perms = "0700"
            auth_unix_rw = "none"
            auth_unix_ro = "none"
            log_outputs = "3:stderr"

            """);
        return EnclosedDaemon.Start(
            enclosure,
            [
                .. EnclosureOptions.OneControlGroupVersion(), .. EnclosureOptions.Emptied(_directory, FixedDirectories),
                "--bind", Roots, RootsInside,
            ],
            [EnclosedEngine.Find(Program), "--config", configuration, "--pid-file", Path.Combine(_directory, "pid")],
            ["LIBVIRT_DRIVER_DIR=" + drivers], session.Label("lxc"), _directory);
    }

    private async Task WaitUntilListeningAsync(EnclosedDaemon daemon, CancellationToken cancellation)
    {
        for (var watch = Stopwatch.StartNew(); !File.Exists(Socket); await Task.Delay(10, cancellation).ConfigureAwait(false))
        {
            if (daemon.HasEnded)
            {
                throw new TargetException("the private libvirt daemon gave up: " + daemon.LastWords());
            }

            if (watch.Elapsed > StartLimit)
            {
                throw new TargetException(
                    $"the private libvirt daemon did not answer within {StartLimit.TotalSeconds} s: {daemon.LastWords()}");
            }
        }
    }
}
