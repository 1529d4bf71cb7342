using System.CommandLine;
using System.Runtime.InteropServices;
using VirtualBench.Campaign;
using VirtualBench.Plan;
using VirtualBench.Protocol;
using VirtualBench.SelfCheck;
using VirtualBench.Targets;

namespace VirtualBench.Cli;

/// <summary>What a command is given to do, once the command line is read.</summary>
internal interface ICommands
{
    Task<int> RunAsync(
        RunRequest request, string? outDirectory, string? resume, IReadOnlyList<string> claims, bool json, CancellationToken cancellation);

    int Plan(RunRequest request, bool json);

    Task<int> ListAsync(string what, EngineChoices engines, bool json, CancellationToken cancellation);

    Task<int> DoctorAsync(
        IReadOnlyList<string> arguments, EngineChoices engines, string? targets, bool json, CancellationToken cancellation);

    int Report(string directory, IReadOnlyList<string> claims, bool json);

    Task<int> SelfCheckAsync(SelfCheckRequest request, string? outDirectory, bool json, CancellationToken cancellation);

    Task<int> CleanAsync(string? run, bool json, CancellationToken cancellation);

    Task<int> BdnAsync(IReadOnlyList<string> arguments, CancellationToken cancellation);
}

/// <summary>Reads the command line. Whatever is wrong with it is one line on stderr and exit status 2.</summary>
internal static class CommandTree
{
    public static async Task<int> RunAsync(string[] arguments, ICommands commands)
    {
        // BenchmarkDotNet has its own grammar; none of it is for us to judge.
        if (arguments is ["bdn", .. var rest])
        {
            return await GuardAsync(c => commands.BdnAsync(rest, c)).ConfigureAwait(false);
        }

        var parsed = MakeRoot(commands).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            return Refuse(parsed.Errors[0].Message.TrimEnd('.').ReplaceLineEndings("").Replace('\t', ' ') + "; --help shows what there is");
        }

        // Its own handling of Ctrl-C gives a command two seconds; ending a daemon takes longer.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
    }

    /// <summary>One line on stderr.</summary>
    public static int Refuse(string message, int status = ExitStatus.Usage)
    {
        Console.Error.WriteLine("virtualbench: " + Printable.Line(message, 1000));
        return status;
    }

    private static RootCommand MakeRoot(ICommands commands)
    {
        var root = new RootCommand("What does each way of isolating a workload cost on this machine?");
        root.Subcommands.Add(MakeRun(commands));
        root.Subcommands.Add(MakePlan(commands));
        root.Subcommands.Add(MakeList(commands));
        root.Subcommands.Add(MakeDoctor(commands));
        root.Subcommands.Add(MakeReport(commands));
        root.Subcommands.Add(ComparisonCommands.MakeCompare(Guard));
        root.Subcommands.Add(ComparisonCommands.MakeHistory(Guard));
        root.Subcommands.Add(MakeSelfCheck(commands));
        root.Subcommands.Add(MakeClean(commands));
        root.Subcommands.Add(new Command("bdn", "BenchmarkDotNet's own arguments: --list, --filter, --exporters, --artifacts, --job"));
        root.SetAction(
            (_, cancellation) => GuardAsync(c => commands.RunAsync(new RunRequest("quick"), null, null, [], false, c), cancellation));
        return root;
    }

    private static Command MakeRun(ICommands commands)
    {
        var options = new RunOptionSet();
        var directory = new Option<string?>("--out") { Description = "run directory to make; default: runs/TIME-PRESET", HelpName = "DIR" };
        var resume = new Option<string?>("--resume")
        {
            Description = "finish the interrupted run in this directory, as it was planned",
            HelpName = "DIR",
        };
        var claims = Claims();
        var json = Json();
        var command = new Command("run", "measure, then report") { directory, resume, claims, json };
        options.AddTo(command);
        command.SetAction((result, cancellation) => GuardAsync(
            c => commands.RunAsync(
                options.Read(result), result.GetValue(directory), result.GetValue(resume), result.GetValue(claims)!,
                result.GetValue(json), c),
            cancellation));
        return command;
    }

    private static Command MakePlan(ICommands commands)
    {
        var options = new RunOptionSet();
        var json = Json();
        var command = new Command("plan", "what run would do, in which order, and how long it would take; touches nothing") { json };
        options.AddTo(command);
        command.SetAction((result, cancellation) => GuardAsync(
            _ => Task.FromResult(commands.Plan(options.Read(result), result.GetValue(json))), cancellation));
        return command;
    }

    private static Command MakeList(ICommands commands)
    {
        var what = new Argument<string>("what") { Description = "targets, probes, presets, networks or disks" };
        what.AcceptOnlyFromAmong("targets", "probes", "presets", "networks", "disks");
        var json = Json();
        var command = new Command("list", "what there is") { what, json };
        var engines = new EngineOptionSet();
        engines.AddTo(command);
        command.SetAction((result, cancellation) => GuardAsync(
            c => commands.ListAsync(result.GetValue(what)!, engines.Read(result), result.GetValue(json), c), cancellation));
        return command;
    }

    private static Command MakeDoctor(ICommands commands)
    {
        var json = Json();
        var targets = new Option<string?>("--targets") { Description = "only these, comma-separated; default: all", HelpName = "LIST" };
        var command = new Command("doctor", "try every target: usable or not, why not, and what would change that") { targets, json };
        var engines = new EngineOptionSet();
        engines.AddTo(command);
        command.SetAction((result, cancellation) => GuardAsync(
            c => commands.DoctorAsync(
                Environment.GetCommandLineArgs()[1..], engines.Read(result), result.GetValue(targets), result.GetValue(json), c),
            cancellation));
        return command;
    }

    private static Command MakeReport(ICommands commands)
    {
        var directory = new Argument<string>("DIR") { Description = "a run directory" };
        var claims = Claims();
        var json = Json();
        var command = new Command("report", "make all reports of a run again") { directory, claims, json };
        command.SetAction((result, cancellation) => GuardAsync(
            _ => Task.FromResult(commands.Report(result.GetValue(directory)!, result.GetValue(claims)!, result.GetValue(json))),
            cancellation));
        return command;
    }

    private static Command MakeSelfCheck(ICommands commands)
    {
        var options = new SelfCheckOptionSet();
        var directory = new Option<string?>("--out")
        {
            Description = "directory to make; default: runs/TIME-selfcheck",
            HelpName = "DIR",
        };
        var json = Json();
        const string Summary = "compare a target with itself, and with itself slowed down: how often are verdicts wrong here?";
        var command = new Command("selfcheck", Summary) { directory, json };
        options.AddTo(command);
        command.SetAction((result, cancellation) => GuardAsync(
            c => commands.SelfCheckAsync(options.Read(result), result.GetValue(directory), result.GetValue(json), c), cancellation));
        return command;
    }

    private static Command MakeClean(ICommands commands)
    {
        var run = new Option<string?>("--run") { Description = "only what this run left", HelpName = "ID" };
        var json = Json();
        var command = new Command("clean", "remove whatever an earlier run left behind") { run, json };
        command.SetAction(
            (result, cancellation) => GuardAsync(c => commands.CleanAsync(result.GetValue(run), result.GetValue(json), c), cancellation));
        return command;
    }

    private static Task<int> Guard(Func<int> action) => GuardAsync(_ => Task.FromResult(action()));

    private static Option<string[]> Claims() => new("--claims")
    {
        Description = "a file of claims to judge by the results besides the paper's; may be given again",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = _ => [],
    };

    private static Option<bool> Json() => new("--json") { Description = "only a JSON document on stdout" };

    /// <summary>
    /// Turns Ctrl-C (and SIGTERM) into cancellation, for as long as it takes to release everything; a second one ends the process at once,
    /// and its enclosure with it.
    /// </summary>
    private static async Task<int> GuardAsync(Func<CancellationToken, Task<int>> action, CancellationToken cancellation = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await ExplainAsync(action, stop.Token).ConfigureAwait(false);
    }

    /// <summary>Turns what may go wrong into one line and an exit status.</summary>
    private static async Task<int> ExplainAsync(Func<CancellationToken, Task<int>> action, CancellationToken cancellation)
    {
        try
        {
            return await action(cancellation).ConfigureAwait(false);
        }
        catch (PlanException e)
        {
            return Refuse(e.Message);
        }
        catch (CampaignException e)
        {
            return Refuse(e.Message, ExitStatus.NothingRan);
        }
        catch (TargetException e)
        {
            return Refuse(e.Message, ExitStatus.NothingRan);
        }
        catch (OperationCanceledException)
        {
            return Refuse("interrupted", ExitStatus.Interrupted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse(e.Message, ExitStatus.Failed);
        }
    }
}
