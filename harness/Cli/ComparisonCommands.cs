using System.CommandLine;
using System.Text.Json;
using VirtualBench.Reports;
using VirtualBench.Reports.Comparison;
using VirtualBench.Reports.History;

namespace VirtualBench.Cli;

/// <summary>The commands <c>compare</c> and <c>history</c>: what runs say about each other.</summary>
internal sealed class ComparisonCommands
{
    private readonly Option<double?> _margin = new("--margin")
    {
        Description = "differences within this are of no practical interest, %; default: the later run's",
        HelpName = "PCT",
    };
    private readonly Option<string?> _allow = new("--allow")
    {
        Description = "compare although these differ: " + string.Join(',', Difference.Kinds),
        HelpName = "LIST",
    };
    private readonly Option<string> _by = new("--by")
    {
        Description = "figures as they are, each run's ratio to its baseline, or auto: figures on one host, the baseline between hosts",
        DefaultValueFactory = _ => "auto",
    };
    private readonly Option<string> _format = new("--format")
    {
        Description = "of what goes to stdout",
        DefaultValueFactory = _ => "text",
    };

    private ComparisonCommands()
    {
        _by.AcceptOnlyFromAmong("auto", "figures", "baseline");
        _margin.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is { } margin && !(margin >= 0 && double.IsFinite(margin)))
            {
                result.AddError("--margin has to be a percentage, 0 or more");
            }
        });
        _allow.Validators.Add(result =>
        {
            if (Allowed(result.GetValueOrDefault<string?>()).FirstOrDefault(a => !Difference.Kinds.Contains(a)) is { } unknown)
            {
                result.AddError($"--allow does not know '{unknown}'; there are {string.Join(", ", Difference.Kinds)}");
            }
        });
    }

    public static Command MakeCompare(Func<Func<int>, Task<int>> guard)
    {
        var shared = new ComparisonCommands();
        var before = new Argument<string>("BASE") { Description = "a run directory or a report.json" };
        var after = new Argument<string>("NEW") { Description = "another, of the same probes and targets" };
        var command = new Command("compare", "what got better or worse from one run to another; exit status 1 when anything got worse")
            { before, after };
        shared.AddTo(command, "text", "markdown", "junit", "json");
        command.SetAction((result, _) => guard(() => Compare(
            ReportSource.Read(result.GetValue(before)!), ReportSource.Read(result.GetValue(after)!), shared.Options(result),
            result.GetValue(shared._format)!, Console.Out)));
        return command;
    }

    public static Command MakeHistory(Func<Func<int>, Task<int>> guard)
    {
        var shared = new ComparisonCommands();
        var runs = new Argument<string[]>("DIR")
        {
            Description = "run directories or report.json files, in any order",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("history", "how results went over many runs, and where they changed") { runs };
        shared.AddTo(command, "text", "markdown", "json");
        command.SetAction((result, _) => guard(() => Show(
            RunHistory.Of(result.GetValue(runs)!.Select(ReportSource.Read), shared.Options(result)),
            result.GetValue(shared._format)!, Console.Out)));
        return command;
    }

    internal static int Compare(ReportSource before, ReportSource after, ComparisonOptions options, string format, TextWriter output)
    {
        var comparison = RunComparison.Of(before, after, options);
        switch (format)
        {
            case "json":
                output.WriteLine(JsonSerializer.Serialize(comparison, ComparisonJson.Default.ComparisonDocument));
                break;
            case "markdown":
                output.Write(ComparisonMarkdown.Render(comparison));
                break;
            case "junit":
                output.Write(ComparisonJUnit.Render(comparison));
                break;
            default:
                ComparisonText.Render(comparison, TerminalReport.ConsoleFor(output, !Console.IsOutputRedirected));
                break;
        }

        return comparison.GotWorse ? ExitStatus.Failed : ExitStatus.Done;
    }

    internal static int Show(HistoryDocument history, string format, TextWriter output)
    {
        switch (format)
        {
            case "json":
                output.WriteLine(JsonSerializer.Serialize(history, HistoryJson.Default.HistoryDocument));
                break;
            case "markdown":
                output.Write(HistoryText.Markdown(history));
                break;
            default:
                HistoryText.Render(history, TerminalReport.ConsoleFor(output, !Console.IsOutputRedirected));
                break;
        }

        return ExitStatus.Done;
    }

    private static string[] Allowed(string? list) =>
        (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private void AddTo(Command command, params string[] formats)
    {
        _format.AcceptOnlyFromAmong(formats);
        foreach (var option in new Option[] { _margin, _allow, _by, _format })
        {
            command.Options.Add(option);
        }
    }

    private ComparisonOptions Options(ParseResult result) => new(
        result.GetValue(_margin), Allowed(result.GetValue(_allow)), result.GetValue(_by) is "auto" ? null : result.GetValue(_by));
}
