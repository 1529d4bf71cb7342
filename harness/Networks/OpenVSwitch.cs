using System.Globalization;
using VirtualBench.Targets;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Networks;

/// <summary>How an Open vSwitch is started.</summary>
/// <param name="Daemon">The file of ovs-vswitchd.</param>
/// <param name="Settings">Its <c>other_config</c>.</param>
/// <param name="LongestStart">Memory may have to be had first.</param>
internal sealed record OpenVSwitchSetup(string Daemon, IReadOnlyDictionary<string, string> Settings, TimeSpan LongestStart);

/// <summary>
/// An Open vSwitch of our own: a database and a daemon with one bridge, whose datapath is the daemon itself (netdev). All its files and
/// sockets are in one directory, its links in a network namespace of ours: of the host's own Open vSwitch nothing is touched.
/// </summary>
internal sealed class OpenVSwitch : IAsyncDisposable
{
    public const string Database = "ovsdb-server";
    public const string DatabaseTool = "ovsdb-tool";
    public const string Control = "ovs-vsctl";

    /// <summary>The database's description; of package openvswitch-common.</summary>
    public const string Schema = "/usr/share/openvswitch/vswitch.ovsschema";

    private const string Bridge = "br0";
    private static readonly string[] Directories = ["OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR", "OVS_SYSCONFDIR", "RUNTIME_DIRECTORY"];
    private static readonly string[] NoMemory = ["Failed to create mempool", "Failed to create memory pool"];
    private static readonly TimeSpan LongestChange = TimeSpan.FromSeconds(30);
    private readonly string _directory;
    private readonly LinkCommands _links;
    private readonly Stack<UserModeProcess> _processes = new();
    private UserModeProcess? _daemon;

    private OpenVSwitch(string directory, LinkCommands links) => (_directory, _links) = (directory, links);

    /// <summary>Why its daemon ended, one line; null while it runs.</summary>
    public string? Fault => _daemon is { Ended: { IsCompleted: true } ended }
        ? $"ovs-vswitchd has ended: {LastErrorIn(ReadLog()) ?? ended.GetAwaiter().GetResult()}" : null;

    private string LogFile => Path.Combine(_directory, "ovs-vswitchd.log");

    private string Socket => "unix:" + Path.Combine(_directory, "db.sock");

    /// <summary>Starts it in a network namespace.</summary>
    /// <param name="directory">Empty, and all its own.</param>
    /// <param name="label">By which its processor time is known.</param>
    /// <exception cref="TargetException">It could not be started; nothing is left.</exception>
    public static async Task<OpenVSwitch> StartAsync(
        OpenVSwitchSetup setup, LinkCommands links, string directory, string label, CancellationToken cancellation)
    {
        var made = new OpenVSwitch(directory, links);
        try
        {
            await made.StartDatabaseAsync(label, cancellation).ConfigureAwait(false);
            await made.ControlAsync(
                [
                    "--no-wait", "--", "init", "--", "set", "Open_vSwitch", ".",
                    .. setup.Settings.Select(setting => $"other_config:{setting.Key}={setting.Value}"),
                ],
                LongestChange, cancellation).ConfigureAwait(false);
            await made.StartDaemonAsync(setup, label, cancellation).ConfigureAwait(false);
            return made;
        }
        catch
        {
            await made.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Plugs an interface in.</summary>
    /// <param name="settings">Columns of its record, e.g. <c>type=dpdkvhostuserclient</c>; none: a link of that name.</param>
    /// <exception cref="TargetException">It could not be had: the switch's own words.</exception>
    public async Task AddPortAsync(string name, IReadOnlyList<string> settings, CancellationToken cancellation)
    {
        IReadOnlyList<string> record = settings.Count == 0 ? [] : ["--", "set", "Interface", name, .. settings];
        var before = ReadLog().Length;
        await ControlAsync(["add-port", Bridge, name, .. record], LongestChange, cancellation).ConfigureAwait(false);

        // ovs-vsctl has succeeded when the record is written; whether the interface could be opened stands there.
        var error = await ControlAsync(["get", "Interface", name, "error"], LongestChange, cancellation).ConfigureAwait(false);
        // Without memory for its packets an interface is there, has no error, and moves none.
        var memory = LastTextIn(
            ReadLog().Skip(before), fields => NoMemory.Any(words => fields[4].Contains(words, StringComparison.Ordinal)));
        if (error.Trim() is not "[]" and var reason || memory is not null)
        {
            throw new TargetException($"Open vSwitch cannot plug {name} in: {memory ?? error.Trim().Trim('"')}");
        }
    }

    /// <summary>Takes a port away; no error when the switch, or the port, is no more.</summary>
    public async Task RemovePortAsync(string name)
    {
        try
        {
            await ControlAsync(["--if-exists", "del-port", Bridge, name], LongestChange, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TargetException)
        {
            // Its daemon has ended: then the port has too.
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_processes.TryPop(out var process))
        {
            await process.DisposeAsync().ConfigureAwait(false);
        }

        _daemon = null;
    }

    /// <summary>The text of a log's last line of a severity of <c>ERR</c> or <c>EMER</c>; null when there is none.</summary>
    /// <remarks>Lines are <c>TIME|NUMBER|MODULE(THREAD)|SEVERITY|TEXT</c>: see ovs-appctl(8), "vlog/set".</remarks>
    internal static string? LastErrorIn(IEnumerable<string> log) => LastTextIn(
        log, fields => fields[3] is "ERR" or "EMER" && !fields[4].StartsWith("Invalid port_id", StringComparison.Ordinal));

    private static string? LastTextIn(IEnumerable<string> log, Func<string[], bool> accepts) =>
        log.Select(line => line.Split('|', 5)).LastOrDefault(fields => fields.Length == 5 && accepts(fields)) is { } found
            ? ErrorTail.Clean(found[4]) : null;

    private async Task StartDatabaseAsync(string label, CancellationToken cancellation)
    {
        var file = Path.Combine(_directory, "conf.db");
        await _links.RunAsync(DatabaseTool, ["create", file, Schema], cancellation).ConfigureAwait(false);
        var socket = Path.Combine(_directory, "db.sock");
        _processes.Push(await UserModeProcess.StartAsync(
            ProgramPath.Find(Database)!,
            [
                file, "--remote=punix:" + socket, "--unixctl=" + Path.Combine(_directory, "ovsdb.ctl"), "-vconsole:emer", "-vsyslog:off",
                "--log-file=" + Path.Combine(_directory, "ovsdb-server.log"),
            ],
            label, _links.Namespace, () => Task.FromResult(File.Exists(socket)), cancellation, Environment()).ConfigureAwait(false));
    }

    private async Task StartDaemonAsync(OpenVSwitchSetup setup, string label, CancellationToken cancellation)
    {
        _daemon = await UserModeProcess.StartAsync(
            setup.Daemon,
            [
                Socket, "--unixctl=" + Path.Combine(_directory, "ovs-vswitchd.ctl"), "-vconsole:emer", "-vsyslog:off",
                "--log-file=" + LogFile,
            ],
            label, _links.Namespace, () => Task.FromResult(true), cancellation, Environment()).ConfigureAwait(false);
        _processes.Push(_daemon);

        // Answered when the daemon has done it, so that it is ready, and DPDK with it.
        await ControlAsync(
            ["add-br", Bridge, "--", "set", "Bridge", Bridge, "datapath_type=netdev", "other_config:disable-in-band=true"],
            setup.LongestStart, cancellation).ConfigureAwait(false);
    }

    // Where its programs look for files that no argument names.
    private IReadOnlyList<string> Environment() => [.. Directories.Select(name => $"{name}={_directory}")];

    /// <summary>Runs ovs-vsctl, and no longer than the daemon lives: it would wait for one that is no more.</summary>
    private async Task<string> ControlAsync(IReadOnlyList<string> words, TimeSpan limit, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var timeout = string.Create(CultureInfo.InvariantCulture, $"--timeout={limit.TotalSeconds:F0}");
        var command = _links.RunAsync(Control, [timeout, "--retry", "--db=" + Socket, .. words], stop.Token);
        if (_daemon is { } daemon && await Task.WhenAny(command, daemon.Ended).ConfigureAwait(false) == daemon.Ended)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)command).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
            throw new TargetException(Fault!);
        }

        return await command.ConfigureAwait(false);
    }

    private string[] ReadLog()
    {
        try
        {
            return File.ReadAllLines(LogFile);
        }
        catch (IOException)
        {
            return []; // it has not come so far as to write one
        }
    }
}
