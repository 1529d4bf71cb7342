using System.CommandLine;
using System.CommandLine.Parsing;
using VirtualBench.Host;
using VirtualBench.Networks;
using VirtualBench.Plan;

namespace VirtualBench.Cli;

/// <summary>The options that <c>run</c>, <c>plan</c> and <c>bdn</c> share: what to measure, where and how often.</summary>
internal sealed class RunOptionSet
{
    private readonly Option<string?> _targets = new("--targets")
    {
        Description = "comma-separated targets, each optionally NAME=TARGET; default: the preset's (quick: one of each kind; full: all)",
        HelpName = "LIST",
    };
    private readonly Option<string?> _probes = new("--probes")
    {
        Description = "comma-separated probes: names, globs (mem.*) or NAME{parameter=value}",
        HelpName = "GLOBS",
    };
    private readonly Option<string> _preset = new("--preset")
    {
        Description = "quick, full or eucnc2018",
        HelpName = "NAME",
        DefaultValueFactory = _ => "quick",
    };
    private readonly Option<string?> _implementations = new("--implementations")
    {
        Description = "c, cs or c,cs; default: the preset's",
        HelpName = "LIST",
    };
    private readonly Option<int?> _boots = new("--boots")
    {
        Description = "blocks, each a start of every target; six are the least for an interval",
        HelpName = "N",
    };
    private readonly Option<double> _margin = new("--margin")
    {
        Description = "differences within this are of no practical interest, %",
        HelpName = "PCT",
        DefaultValueFactory = _ => 5,
    };
    private readonly Option<double?> _precision = new("--precision")
    {
        Description = "add blocks until every ratio is known to within this, %, or --max-boots or --time-budget end it",
        HelpName = "PCT",
    };
    private readonly Option<int?> _mostBoots = new("--max-boots")
    {
        Description = "the most blocks with --precision; default: three times the boots",
        HelpName = "N",
    };
    private readonly Option<TimeSpan?> _timeBudget = TimeBudget();
    private readonly Option<TimeSpan?> _trialDeadline =
        Duration("--trial-deadline", "end a trial that takes longer; default: by its probes");
    private readonly Option<ulong?> _seed = new("--seed")
    {
        Description = "seed of the order; default: a random one, recorded in the run",
        HelpName = "N",
    };
    private readonly Option<int> _virtualCpus = new("--vcpus")
    {
        Description = "CPUs of each guest",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };
    private readonly Option<long> _memory = Size("--memory", "memory of each guest", 1L << 30);
    private readonly Option<IReadOnlyList<int>?> _cpus;
    private readonly Option<string?> _networks = new("--networks", "--network")
    {
        Description = "comma-separated networks that targets are crossed with, for the net.* probes; `list networks` shows them",
        HelpName = "LIST",
    };
    private readonly Option<string> _peer = new("--peer")
    {
        Description = "where the other end of the net.* probes runs: host, or guest (a second guest of the same target)",
        HelpName = "PLACE",
        DefaultValueFactory = _ => "host",
    };
    private readonly Option<string?> _disks = new("--disks", "--disk")
    {
        Description = "comma-separated disks that targets are crossed with, for the disk.* probes; `list disks` shows them",
        HelpName = "LIST",
    };
    private readonly Option<string?> _diskDirectory = new("--disk-directory")
    {
        Description = "the host's directory that disks lie in; default: the run's scratch directory, if that is on a disk",
        HelpName = "DIR",
    };
    private readonly Option<string[]> _networkOptions = new("--network-option")
    {
        Description = "a setting of a network, e.g. ovs-dpdk.pmd-maxsleep=0; `list networks` shows them",
        HelpName = "NETWORK.NAME=VALUE",
    };
    private readonly EngineOptionSet _engines = new();

    public RunOptionSet()
    {
        _peer.AcceptOnlyFromAmong("host", "guest");
        _cpus = new Option<IReadOnlyList<int>?>("--cpus")
        {
            Description = "the host's CPUs that guests run on (1 or 2-3); default: the last ones",
            HelpName = "LIST",
            CustomParser = result => Read(result, CpuList.TryParse, "a list of CPUs such as 1 or 2-3"),
        };
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
        {
            _targets, _probes, _preset, _implementations, _boots, _precision, _mostBoots, _margin, _timeBudget, _trialDeadline, _seed,
            _virtualCpus, _memory, _cpus, _networks, _networkOptions, _peer, _disks, _diskDirectory,
        })
        {
            command.Options.Add(option);
        }

        _engines.AddTo(command);
    }

    public RunRequest Read(ParseResult result) => new(
        result.GetValue(_preset)!,
        result.GetValue(_targets),
        result.GetValue(_probes),
        result.GetValue(_implementations),
        result.GetValue(_boots),
        result.GetValue(_margin),
        result.GetValue(_timeBudget),
        result.GetValue(_trialDeadline),
        result.GetValue(_seed),
        result.GetValue(_virtualCpus),
        result.GetValue(_memory),
        result.GetValue(_cpus),
        Engines: _engines.Read(result),
        Networks: result.GetValue(_networks),
        Disks: result.GetValue(_disks),
        Peer: result.GetValue(_peer) == "guest" ? PeerPlace.Guest : PeerPlace.Host,
        PrecisionPercent: result.GetValue(_precision),
        MostBoots: result.GetValue(_mostBoots),
        DiskDirectory: result.GetValue(_diskDirectory) is { } directory ? Path.GetFullPath(directory) : null,
        NetworkOptions: ReadNetworkOptions(result.GetValue(_networkOptions) ?? []));

    /// <summary>The last of each name counts.</summary>
    private static Dictionary<string, string>? ReadNetworkOptions(string[] options)
    {
        if (options.Select(NetworkCatalogue.WhyNoOption).FirstOrDefault(reason => reason is not null) is { } reason)
        {
            throw new PlanException($"--network-option {reason}");
        }

        return options.Length == 0 ? null
            : options.Select(o => o.Split('=', 2)).GroupBy(o => o[0]).ToDictionary(g => g.Key, g => g.Last()[1]);
    }

    public static Option<TimeSpan?> TimeBudget() => Duration("--time-budget", "begin no block that would end after this (90s, 5m)");

    private static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        CustomParser = result => Read(result, Quantity.TryReadDuration, "a duration such as 90s, 5m or 1h"),
    };

    private static Option<long> Size(string name, string description, long fallback) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        DefaultValueFactory = _ => fallback,
        CustomParser = result => Read(result, Quantity.TryReadSize, "a size such as 512M or 2G") ?? 0,
    };

    private static T? Read<T>(ArgumentResult result, Func<string, T?> parse, string what)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var value = parse(text);
        if (value is null)
        {
            result.AddError($"'{text}' is not {what}");
        }

        return value;
    }
}
