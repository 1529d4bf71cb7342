using System.Text.Json;
using VirtualBench.Campaign;
using VirtualBench.Host;
using VirtualBench.Plan;
using VirtualBench.Reports;
using VirtualBench.Targets;
using VirtualBench.Toolchain;

namespace VirtualBench.Cli;

/// <summary>
/// The commands. <see cref="RunAsync(RunRequest, string?, string?, bool, CancellationToken)"/> is the whole pipeline: targets, plan,
/// campaign, recording, reports.
/// </summary>
internal sealed class Commands : ICommands
{
    public async Task<int> RunAsync(RunRequest request, string? outDirectory, string? resume, bool json, CancellationToken cancellation)
    {
        var outcome = await MeasureAsync(request, outDirectory, resume, cancellation).ConfigureAwait(false);
        var report = WriteReports(outcome.Recording, outcome.Directory);
        Show(report, json);
        Console.Error.WriteLine(
            $"report: {Path.Combine(outcome.Directory.Root, ReportFiles.Html)} (and report.md, report.csv, report.json, bdn/)");
        if (outcome.Interrupted)
        {
            return CommandTree.Refuse($"interrupted; finish it with: run --resume {outcome.Directory.Root}", ExitStatus.Interrupted);
        }

        return outcome.Complete ? ExitStatus.Done : ExitStatus.Failed;
    }

    public int Plan(RunRequest request, bool json)
    {
        var targets = AskedTargets(request, out _);
        var plan = PlanBuilder.Build(request, targets, request.Seed ?? unchecked((ulong)Random.Shared.NextInt64()), CpuList.Allowed());
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(plan, RunJson.Indented.CampaignPlan));
        }
        else
        {
            PlanText.Write(plan, Console.Out);
        }

        return ExitStatus.Done;
    }

    public int List(string what, bool json)
    {
        Listing.Write(what, json, Console.Out);
        return ExitStatus.Done;
    }

    public async Task<int> DoctorAsync(bool json, CancellationToken cancellation)
    {
        Enclosure.Enter(json ? ["doctor", "--json"] : ["doctor"]);
        using var scratch = RunScratch.Create(Enclosure.Session);
        var session = TargetsOf(new RunRequest("quick"), scratch);
        await using (session.ConfigureAwait(false))
        {
            return await Doctor.RunAsync(session, json, Console.Out, cancellation).ConfigureAwait(false);
        }
    }

    public int Report(string directory, bool json)
    {
        var run = RunDirectory.Open(directory);
        Show(WriteReports(RecordingReader.Read(run), run), json);
        return ExitStatus.Done;
    }

    public async Task<int> CleanAsync(string? run, bool json, CancellationToken cancellation) =>
        await Cleaning.RunAsync(run, json, Console.Out, cancellation).ConfigureAwait(false);

    public async Task<int> BdnAsync(IReadOnlyList<string> arguments, CancellationToken cancellation) =>
        await BdnCommand.RunAsync(
            arguments,
            async (selection, c) =>
            {
                Enclosure.Enter(["bdn", .. arguments]);
                return (await MeasureAsync(selection.ToRequest(), null, null, c).ConfigureAwait(false)).Recording;
            },
            cancellation).ConfigureAwait(false);

    private static async Task<CampaignOutcome> MeasureAsync(
        RunRequest request, string? outDirectory, string? resume, CancellationToken cancellation)
    {
        // What is wrong with the request is said before this process is replaced.
        var asked = resume is null ? AskedTargets(request, out var named) : TargetsOf(RunDirectory.Open(resume), out named);
        Enclosure.Enter(Environment.GetCommandLineArgs()[1..]);
        using var scratch = RunScratch.Create(Enclosure.Session);
        var session = TargetsOf(request, scratch);
        await using (session.ConfigureAwait(false))
        {
            var progress = new ProgressLine(Console.Error, !Console.IsErrorRedirected);
            var host = new CampaignHost(
                Enclosure.Session, scratch.DirectoryPath, name => TargetCatalogue.Create(name, session), BuildOutput.FindProgram,
                () => HostEnvironment.ToJson(HostEnvironment.Capture()), CpuList.Allowed(), async () =>
                {
                    await session.DisposeAsync().ConfigureAwait(false);
                    return await Cleaning.FindLeaksAsync(Enclosure.Session).ConfigureAwait(false);
                },
                CampaignLock.DefaultPath);
            return resume is null
                ? await CampaignSession.StartAsync(request, asked, named, outDirectory, host, progress, cancellation).ConfigureAwait(false)
                : await CampaignSession.ResumeAsync(resume, request.TrialDeadline, host, progress, cancellation).ConfigureAwait(false);
        }
    }

    private static TargetSession TargetsOf(RunRequest request, RunScratch scratch) =>
        new(Enclosure.Session, scratch.DirectoryPath, BuildOutput.HostHelper("vbenclose"),
            BuildOutput.FindProgram, request.LibvirtUri, request.Kernels);

    private static IReadOnlyList<PlannedTarget> TargetsOf(RunDirectory directory, out bool named)
    {
        named = true;
        return directory.ReadManifest().Plan.Targets;
    }

    private static IReadOnlyList<PlannedTarget> AskedTargets(RunRequest request, out bool named)
    {
        named = request.Targets is not null;
        return PlanBuilder.ReadTargets(
            request.Targets ?? string.Join(',', TargetCatalogue.Kinds.SelectMany(k => k.Names)), TargetCatalogue.WhyUnknown);
    }

    private static ReportDocument WriteReports(Recording recording, RunDirectory directory)
    {
        var report = ReportBuilder.Build(recording);
        ReportFiles.Write(report, directory.Root);
        BenchmarkReport.Write(recording, Path.Combine(directory.Root, "bdn"));
        return report;
    }

    private static void Show(ReportDocument report, bool json)
    {
        if (json)
        {
            Console.Write(ReportFiles.Serialize(report));
        }
        else
        {
            TerminalReport.Render(report, TerminalReport.ConsoleFor(Console.Out, !Console.IsOutputRedirected));
        }
    }
}
