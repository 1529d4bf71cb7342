using System.CommandLine;
using VirtualBench.Plan;
using VirtualBench.SelfCheck;

namespace VirtualBench.Cli;

/// <summary>The options of <c>selfcheck</c>.</summary>
internal sealed class SelfCheckOptionSet
{
    private readonly Option<string> _target = new("--target")
    {
        Description = "compared with itself; sim and sim:NAME simulate",
        HelpName = "TARGET",
        DefaultValueFactory = _ => "native",
    };
    private readonly Option<int> _campaigns = new("--campaigns")
    {
        Description = "whole campaigns",
        HelpName = "N",
        DefaultValueFactory = _ => 20,
    };
    private readonly Option<string> _preset = new("--preset")
    {
        Description = "what each campaign is; `list presets` shows them",
        HelpName = "NAME",
        DefaultValueFactory = _ => "quick",
    };
    private readonly Option<string?> _probes = new("--probes")
    {
        Description = "comma-separated probes; default: the preset's, but for those that time a guest's life",
        HelpName = "GLOBS",
    };
    private readonly Option<int?> _boots = new("--boots") { Description = "blocks of each campaign", HelpName = "N" };
    private readonly Option<double?> _precision = new("--precision") { Description = "as for run", HelpName = "PCT" };
    private readonly Option<int?> _mostBoots = new("--max-boots") { Description = "as for run", HelpName = "N" };
    private readonly Option<double> _margin = new("--margin")
    {
        Description = "of the verdicts, %",
        HelpName = "PCT",
        DefaultValueFactory = _ => 2,
    };
    private readonly Option<double> _slowdown = new("--slowdown")
    {
        Description = "how much more time the slowed target takes, %",
        HelpName = "PCT",
        DefaultValueFactory = _ => 5,
    };
    private readonly Option<string> _order = new("--order")
    {
        Description = "interleaved, as runs are, or sequential: one target after the other, to see what that would do",
        HelpName = "ORDER",
        DefaultValueFactory = _ => "interleaved",
    };
    private readonly Option<TimeSpan?> _timeBudget = RunOptionSet.TimeBudget();
    private readonly Option<bool> _disturb = new("--disturb")
    {
        Description = "keep the host's CPUs busy from half way through each campaign, to see what the order makes of that",
    };
    private readonly Option<ulong?> _seed = new("--seed") { Description = "default: a random one, recorded", HelpName = "N" };
    private readonly EngineOptionSet _engines = new();

    public SelfCheckOptionSet() => _order.AcceptOnlyFromAmong("interleaved", "sequential");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
        {
            _target, _campaigns, _preset, _probes, _boots, _precision, _mostBoots, _margin, _slowdown, _order, _timeBudget, _disturb, _seed,
        })
        {
            command.Options.Add(option);
        }

        _engines.AddTo(command);
    }

    public SelfCheckRequest Read(ParseResult result)
    {
        var preset = result.GetValue(_preset)!;
        var run = new RunRequest(
            preset,
            Implementations: "c",
            Boots: result.GetValue(_boots),
            MarginPercent: result.GetValue(_margin),
            PrecisionPercent: result.GetValue(_precision),
            MostBoots: result.GetValue(_mostBoots),
            Order: result.GetValue(_order) == "sequential" ? TrialOrder.Sequential : TrialOrder.Interleaved,
            TimeBudget: result.GetValue(_timeBudget),
            Engines: _engines.Read(result));
        var probes = result.GetValue(_probes) ?? string.Join(',', ProbeCatalogue.InGuest(PlanBuilder.Probes(run)));
        var seed = result.GetValue(_seed) ?? unchecked((ulong)Random.Shared.NextInt64());
        return new SelfCheckRequest(
            result.GetValue(_target)!, result.GetValue(_campaigns), result.GetValue(_slowdown), run with { Probes = probes }, seed,
            result.GetValue(_disturb));
    }
}
