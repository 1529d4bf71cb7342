using VirtualBench.Guests.Rumprun;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>Rumprun's compiler and <c>rumprun-bake</c>, where the user built them.</summary>
/// <param name="directory">The one that holds both.</param>
internal sealed class RumprunToolchain(string directory)
{
    private const string CompilerName = "x86_64-rumprun-netbsd-gcc", BakeName = "rumprun-bake", Shell = "/bin/sh";

    /// <summary>The drivers that are baked in: the machine of <see cref="LibvirtEngine"/> has virtio or none.</summary>
    private const string Configuration = "hw_virtio";

    private string Compiler => Path.Combine(directory, CompilerName);

    /// <param name="path">A toolchain's directory, or the <c>bin</c> in it.</param>
    /// <exception cref="InvalidDataException">There is none; the message is one line.</exception>
    public static RumprunToolchain Find(string path)
    {
        string[] candidates = [Path.GetFullPath(Path.Combine(path, "bin")), Path.GetFullPath(path)];
        return candidates.FirstOrDefault(candidate => Missing(candidate) is null) is { } found
            ? new RumprunToolchain(found)
            : throw new InvalidDataException(
                $"{path} is no Rumprun toolchain: there is no {candidates.Select(Missing).Last()} in it, nor in a bin in it; give the "
                    + "directory that Rumprun's build-rr.sh installed (-d)");
    }

    /// <summary>What the compiler says of itself, e.g. <c>gcc (Debian 12.2.0-14) 12.2.0</c>.</summary>
    /// <exception cref="TargetException">It does not run.</exception>
    public async Task<string> VersionAsync(CancellationToken cancellation)
    {
        var answer = await HostCommand.RunAsync(Compiler, ["--version"], cancellation).ConfigureAwait(false);
        return answer.Status == 0 && answer.Output.Split('\n')[0].Trim() is { Length: > 0 } version
            ? version
            : throw new TargetException($"{Compiler} does not run: {answer.Error ?? "it says nothing"}; build Rumprun anew");
    }

    /// <summary>Compiles, links and bakes a program.</summary>
    /// <param name="inputs">C files, archives and options for the compiler.</param>
    /// <param name="workDirectory">Empty, for this; the image is in it.</param>
    /// <param name="label">What its processes carry in their environment.</param>
    /// <returns>The image's file.</returns>
    /// <exception cref="TargetException">A step failed.</exception>
    public async Task<string> BakeAsync(IReadOnlyList<string> inputs, string workDirectory, string label, CancellationToken cancellation)
    {
        var program = Path.Combine(workDirectory, RumprunBoot.ProgramName);
        var image = program + ".image";
        var environment = Environment(workDirectory, label);
        await RunAsync(Compiler, ["-o", program, .. inputs], environment, label, cancellation).ConfigureAwait(false);
        await RunAsync(Path.Combine(directory, BakeName), [Configuration, image, program], environment, label, cancellation)
            .ConfigureAwait(false);
        return image;
    }

    private static string? Missing(string directory) =>
        ((string[])[CompilerName, BakeName]).FirstOrDefault(name => ProgramPath.Find(Path.Combine(directory, name)) is null);

    /// <summary>
    /// rumprun-bake makes its temporary directory in /tmp whatever TMPDIR says, and leaves it there when it is killed. So it finds a
    /// <c>mktemp</c> of ours first, and what it leaves goes with the run.
    /// </summary>
    private static string[] Environment(string workDirectory, string label)
    {
        var tools = Directory.CreateDirectory(Path.Combine(workDirectory, "tools")).FullName;
        var mktemp = Path.Combine(tools, "mktemp");
        File.WriteAllText(mktemp, "#!/bin/sh\nmkdir \"$VIRTUALBENCH_BAKE\" && printf '%s\\n' \"$VIRTUALBENCH_BAKE\"\n");
        File.SetUnixFileMode(mktemp, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return
        [
            $"PATH={tools}:{ProgramPath.SearchPath}", "TMPDIR=" + workDirectory, "VIRTUALBENCH_BAKE=" + Path.Combine(workDirectory, "bake"),
            "LC_ALL=C", "RUMPRUN_WARNING_STFU=please", $"{InstanceProcesses.Variable}={label}",
        ];
    }

    private static async Task RunAsync(
        string tool, IReadOnlyList<string> arguments, string[] environment, string label, CancellationToken cancellation)
    {
        // rumprun-bake says on standard output what it does not like, the compiler on the other.
        var console = new TextConsole();
        var launch = new ProcessLaunch(Shell, ["-c", "exec \"$0\" \"$@\" 2>&1", tool, .. arguments], environment, [], label);
        var outcome = await GuestProcess.RunAsync(launch, console, cancellation).ConfigureAwait(false);
        if (outcome.WhyNotStarted(Shell) is { } refusal)
        {
            throw new TargetException(refusal);
        }

        if (outcome.End.Status != 0)
        {
            // The first error: those after it, and the last line, are what came of it.
            var cause = console.Text.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase));
            var reason = ErrorTail.Clean(cause ?? console.Text) ?? "it gave no reason";
            throw new TargetException($"Rumprun's {Path.GetFileName(tool)} failed: {reason}; try it on a program of your own");
        }
    }
}
