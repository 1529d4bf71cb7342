using System.Text.Json;
using VirtualBench.Campaign;
using VirtualBench.Host;
using VirtualBench.Networks;
using VirtualBench.Plan;
using VirtualBench.Reports;
using VirtualBench.Reports.Claims;
using VirtualBench.SelfCheck;
using VirtualBench.Targets;
using VirtualBench.Toolchain;

namespace VirtualBench.Cli;

/// <summary>
/// The commands. <see cref="RunAsync(RunRequest, string?, string?, IReadOnlyList{string}, bool, CancellationToken)"/> is the whole
/// pipeline: targets, plan, campaign, recording, reports.
/// </summary>
internal sealed class Commands : ICommands
{
    public async Task<int> RunAsync(
        RunRequest request, string? outDirectory, string? resume, IReadOnlyList<string> claims, bool json, CancellationToken cancellation)
    {
        _ = WithClaims(claims); // a bad file is found before anything is measured
        var given = claims.Select(file => (Path.GetFileName(file), File.ReadAllBytes(file))).ToList();
        var outcome = await MeasureAsync(request, outDirectory, resume, progress => progress, cancellation).ConfigureAwait(false);
        KeptClaims.Add(given, outcome.Directory.Root);
        var report = WriteReports(outcome.Recording, outcome.Directory, WithClaims(KeptClaims.Paths(outcome.Directory.Root)));
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
        var catalogue = AskedTargets.Catalogue(request.Engines);
        var asked = AskedTargets.Read(request, catalogue, out _);
        var impossible = AskedTargets.WhyImpossible(asked, request, catalogue);
        foreach (var (id, reason) in impossible)
        {
            Console.Error.WriteLine($"{id} will not be used: {reason}");
        }

        var targets = AskedTargets.WithRefusals([.. asked.Where(t => !impossible.ContainsKey(t.Id))], request, catalogue);
        var plan = PlanBuilder.Build(request, targets, request.Seed ?? unchecked((ulong)Random.Shared.NextInt64()), CpuList.Allowed());
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(plan, RunJson.Indented.CampaignPlan));
        }
        else
        {
            PlanText.Write(plan, target => catalogue.KindOf(target).TypicalStart, Console.Out);
        }

        return ExitStatus.Done;
    }

    public async Task<int> ListAsync(string what, EngineChoices engines, bool json, CancellationToken cancellation)
    {
        if (what != "targets")
        {
            Listing.Write(what, json, Console.Out);
            return ExitStatus.Done;
        }

        // The embedded libvirt keeps its state in a scratch directory even to say that it is there.
        var catalogue = AskedTargets.Catalogue(engines);
        Enclosure.Enter(Environment.GetCommandLineArgs()[1..]);
        using var scratch = RunScratch.Create(Enclosure.Session);
        var session = AskedTargets.Session(engines, scratch.DirectoryPath, [.. catalogue.Names]);
        await using (session.ConfigureAwait(false))
        {
            await TargetListing.WriteAsync(catalogue, session, json, Console.Out, cancellation).ConfigureAwait(false);
        }

        return ExitStatus.Done;
    }

    public async Task<int> DoctorAsync(
        IReadOnlyList<string> arguments, EngineChoices engines, string? targets, bool json, CancellationToken cancellation)
    {
        var catalogue = AskedTargets.Catalogue(engines);
        IReadOnlyList<TargetName> names = targets is null ? [.. catalogue.Names]
            : [.. PlanBuilder.ReadTargets(targets, catalogue.WhyUnknown).Select(planned => planned.Target).Distinct()];
        Enclosure.Enter(arguments);
        using var scratch = RunScratch.Create(Enclosure.Session);
        var session = AskedTargets.Session(engines, scratch.DirectoryPath, names);
        await using (session.ConfigureAwait(false))
        {
            IReadOnlyList<INetwork> networks = targets is not null ? []
                :
                [
                    .. NetworkCatalogue.All.Where(kind => kind.Argument is null)
                        .Select(kind => NetworkCatalogue.Create(kind.Name, NetworkSessionOf(scratch.DirectoryPath, null, []))),
                ];
            return await Doctor.RunAsync(catalogue, names, session, networks, json, Console.Out, cancellation).ConfigureAwait(false);
        }
    }

    public int Report(string directory, IReadOnlyList<string> claims, bool json)
    {
        _ = WithClaims(claims); // what the user named is read, and refused, first
        var run = RunDirectory.Open(directory);
        Show(WriteReports(RecordingReader.Read(run), run, WithClaims(KeptClaims.PathsWith(claims, run.Root))), json);
        return ExitStatus.Done;
    }

    public async Task<int> SelfCheckAsync(SelfCheckRequest request, string? outDirectory, bool json, CancellationToken cancellation)
    {
        request.Validate();
        var catalogue = AskedTargets.Catalogue(request.Run.Engines);
        var targets = AskedTargets.Read(request.Requests().First(), catalogue, out _);
        var simulated = catalogue.KindOf(targets[0].Target).Engine == SimTarget.EngineName;
        PlanBuilder.Build(request.Requests().First(), targets, request.Seed, CpuList.Allowed());
        if (!simulated)
        {
            Enclosure.Enter(Environment.GetCommandLineArgs()[1..]);
        }

        var directory = SelfCheckDirectory.Create(outDirectory);
        var session = AskedTargets.Session(request.Run.Engines ?? EngineChoices.None, Path.GetTempPath(), []);
        var report = await SelfChecker.RunAsync(
            request, simulated,
            async (campaign, number) => simulated
                ? await SimulatedCampaign.RunAsync(campaign, targets, name => catalogue.Create(name, session), cancellation)
                    .ConfigureAwait(false)
                : await MeasuredAsync(campaign, request.IsDisturbed, directory.CampaignPath(number), cancellation).ConfigureAwait(false),
            (done, reportOf) =>
            {
                SelfCheckText.Progress(done, request.Campaigns, Console.Error);
                if (!simulated)
                {
                    directory.Write(reportOf()); // campaigns take minutes: should this process be killed, those done are told of
                }
            }).ConfigureAwait(false);
        directory.Write(report);
        if (json)
        {
            Console.WriteLine(SelfCheckDirectory.Serialize(report));
        }
        else
        {
            SelfCheckText.Write(report, Console.Out);
        }

        Console.Error.WriteLine($"kept in {directory.ReportPath}");
        return report.Campaigns < request.Campaigns
            ? CommandTree.Refuse(
                $"interrupted after {report.Campaigns} of {request.Campaigns} campaigns; the figures are of these", ExitStatus.Interrupted)
            : ExitStatus.Done;
    }

    private static async Task<Recording> MeasuredAsync(
        RunRequest request, bool disturbed, string directory, CancellationToken cancellation)
    {
        DisturbedProgress? disturbance = null;
        try
        {
            var outcome = await MeasureAsync(
                request, directory, null,
                progress => disturbed ? disturbance = DisturbedProgress.WithBusyCpus(progress) : progress, cancellation)
                .ConfigureAwait(false);
            return outcome.Interrupted ? throw new OperationCanceledException(cancellation) : outcome.Recording;
        }
        finally
        {
            disturbance?.Dispose();
        }
    }

    public async Task<int> CleanAsync(string? run, bool json, CancellationToken cancellation) =>
        await Cleaning.RunAsync(run, json, Console.Out, cancellation).ConfigureAwait(false);

    public async Task<int> BdnAsync(IReadOnlyList<string> arguments, CancellationToken cancellation) =>
        await BdnCommand.RunAsync(
            arguments,
            async (selection, c) =>
            {
                // Its own arguments leave no room for options of ours: what the user brings for engines is in the configuration.
                var request = selection.ToRequest() with { Engines = UserConfiguration.Read(null) };
                Enclosure.Enter(["bdn", .. arguments]);
                return (await MeasureAsync(request, null, null, progress => progress, c).ConfigureAwait(false)).Recording;
            },
            cancellation).ConfigureAwait(false);

    private static async Task<CampaignOutcome> MeasureAsync(
        RunRequest request, string? outDirectory, string? resume, Func<ICampaignProgress, ICampaignProgress> watch,
        CancellationToken cancellation)
    {
        // What is wrong with the request is said before this process is replaced.
        var engines = request.Engines ?? EngineChoices.None;
        var planned = resume is null ? null : RunDirectory.Open(resume).ReadManifest().Plan;
        if (planned?.Engines is { } before)
        {
            engines = engines.Over(before);
        }

        var catalogue = AskedTargets.Catalogue(engines);
        var networkOptions = planned is null ? request.NetworkOptions : planned.NetworkOptions;
        var guestCpus = (planned?.Resources ?? PlanBuilder.ChooseResources(request, CpuList.Allowed())).HostCpus;
        var named = planned is not null || request.Targets is not null;
        var asked = planned?.Targets ?? AskedTargets.Read(request, catalogue, out named);
        Enclosure.Enter(Environment.GetCommandLineArgs()[1..]);
        using var scratch = RunScratch.Create(Enclosure.Session);
        var session = AskedTargets.Session(engines, scratch.DirectoryPath, [.. asked.Select(a => a.Target)]);
        await using (session.ConfigureAwait(false))
        {
            var progress = watch(new ProgressLine(Console.Error, !Console.IsErrorRedirected));
            var host = new CampaignHost(
                Enclosure.Session, scratch.DirectoryPath, name => catalogue.Create(name, session),
                name => NetworkCatalogue.Create(name, NetworkSessionOf(scratch.DirectoryPath, networkOptions, guestCpus)),
                BuildOutput.FindProgram,
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

    private static NetworkSession NetworkSessionOf(
        string scratch, IReadOnlyDictionary<string, string>? options, IReadOnlyList<int> guestCpus) =>
        new(NetworkSession.SwitchLabel(Enclosure.Session), scratch)
        {
            Options = options ?? new Dictionary<string, string>(),
            GuestCpus = guestCpus,
        };

    private static ReportOptions WithClaims(IReadOnlyList<string> files) =>
        new(Claims: [ClaimFile.Paper, .. files.Select(ClaimFileReader.Read)]);

    private static ReportDocument WriteReports(Recording recording, RunDirectory directory, ReportOptions options)
    {
        var samples = Samples.From(recording);
        var theirs = Task.Run(() => { BenchmarkReport.Write(samples, Path.Combine(directory.Root, "bdn")); });
        try
        {
            var report = ReportBuilder.Build(samples, options);
            ReportFiles.Write(report, directory.Root);
            return report;
        }
        finally
        {
            theirs.GetAwaiter().GetResult();
        }
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
