using VirtualBench.Guests;
using VirtualBench.Guests.Containers;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Rkt;

/// <summary>
/// A directory of rkt's own (<c>--dir</c>): its images and pods, in the run's scratch directory. Images are fetched once, since a start by
/// their id takes a third of the time of one by their file.
/// </summary>
internal sealed class RktStore(RktProgram rkt, string directory, string label)
{
    /// <summary>Mounts of pods are seen by rkt and them alone. Never without: see <see cref="RktProgram.Find"/>.</summary>
    public const string PrivateMounts = "--mounts-only";

    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(30);
    private readonly Dictionary<string, string> _images = []; // id by the program's SHA-256
    private string? _stage1;

    public bool Has(GuestProgram program) => _images.ContainsKey(program.Sha256);

    /// <summary>Reads the user's stage 1 with distrust, and has rkt take it.</summary>
    /// <exception cref="TargetException">The file is not what it should be, or rkt will not have it.</exception>
    public async Task AddStage1Async(GuestArchitecture architecture, CancellationToken cancellation)
    {
        try
        {
            RktStage1.Check(rkt.Stage1, architecture, rkt.Flavor.Name);
        }
        catch (AciException e)
        {
            throw new TargetException(e.Message, e);
        }

        _stage1 ??= await CommandAsync(["fetch", "--full", rkt.Stage1], cancellation).ConfigureAwait(false);
    }

    /// <summary>Makes an image of a program, and has rkt unpack it as the first start would.</summary>
    public async Task AddAsync(GuestProgram program, CancellationToken cancellation)
    {
        var file = Path.Combine(directory, program.Sha256 + ".aci");
        string id;
        using (var image = File.Create(file))
        {
            id = AciImage.Write(
                image, new AciImageContent(program.Architecture, program.Path, "virtualbench/vbprobe-" + program.Implementation));
        }

        var fetched = await CommandAsync(["fetch", "--full", file], cancellation).ConfigureAwait(false);
        File.Delete(file);
        if (fetched != id)
        {
            throw new TargetException($"{rkt.Path} calls an image '{fetched}' that should be {id}: is it rkt 1.x?");
        }

        var pod = await CommandAsync(["prepare", "--stage1-hash=" + _stage1, id], cancellation).ConfigureAwait(false);
        await CommandAsync(["rm", pod], cancellation).ConfigureAwait(false);
        _images[program.Sha256] = id;
    }

    /// <summary>Starts a pod, whose number goes into a file.</summary>
    public ProcessLaunch Run(Launch launch, RktStart start, string uuidFile) => Start(
        launch.Label, launch.Resources.HostCpus, start.Enclosure, start.SearchPath,
        [
            "run", "--stage1-hash=" + _stage1, .. start.PodOptions, "--uuid-file-save=" + uuidFile,
            _images[launch.Program.Sha256], .. start.AppOptions,
            // rkt starts a program in an environment of its own making.
            $"--environment={InstanceProcesses.Variable}={launch.Label}", "--", .. launch.Arguments,
        ]) with
    {
        Network = launch.Link?.Namespace,
    };

    /// <summary>Removes a pod that has ended.</summary>
    /// <returns>Null, or why it would not go.</returns>
    public async Task<string?> RemoveAsync(string uuidFile)
    {
        using var limit = new CancellationTokenSource(RemovalLimit);
        try
        {
            await CommandAsync(["rm", "--uuid-file=" + uuidFile], limit.Token).ConfigureAwait(false);
            return null;
        }
        catch (TargetException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException)
        {
            return $"rkt rm did not end within {RemovalLimit.TotalSeconds} s";
        }
    }

    /// <summary>A command of rkt that starts no pod, to its end.</summary>
    /// <returns>The last line that it printed.</returns>
    private async Task<string> CommandAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var console = new TextConsole();
        // rm removes cgroups by the name that a pod had, and shall see none.
        var launch = Start(label, [], [PrivateMounts, "--tmpfs", "/sys/fs/cgroup"], ProgramPath.SearchPath, arguments);
        var outcome = await GuestProcess.RunAsync(launch, console, cancellation).ConfigureAwait(false);
        return outcome is { StartError: 0, End.Status: 0 }
            ? ErrorTail.Clean(console.Text) ?? ""
            : throw new TargetException($"{rkt.Path} {arguments[0]} failed: {outcome.ErrorText ?? "it does not say why"}");
    }

    private ProcessLaunch Start(
        string owner, IReadOnlyList<int> processors, IReadOnlyList<string> enclosure, string searchPath, IReadOnlyList<string> arguments) =>
        new(rkt.Enclosure,
            // Not all checks are off: images come from here and so are not signed, and the store is our own and need not be read anew.
            [.. enclosure, "--", rkt.Path, "--dir=" + directory, "--insecure-options=image,ondisk", .. arguments],
            [$"{InstanceProcesses.Variable}={owner}", "PATH=" + searchPath], processors, owner);
}
