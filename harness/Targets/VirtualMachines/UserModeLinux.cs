using System.Globalization;
using VirtualBench.Guests.Linux;
using VirtualBench.Targets.Links;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>The user-mode kernel and what starts it.</summary>
/// <param name="Kernel">linux.uml.</param>
/// <param name="SetArchitecture">setarch of util-linux.</param>
/// <param name="SetPrivileges">setpriv of util-linux.</param>
internal sealed record UserModeLinux(string Kernel, string SetArchitecture, string SetPrivileges)
{
    /// <summary>The guest's name of its network device.</summary>
    public const string LinkName = "vec0";

    private const string Installed = "linux.uml";

    /// <summary>Null when all is there.</summary>
    /// <param name="image">A kernel that the user brings; null: the installed one.</param>
    public static Availability? WhyAbsent(string? image) =>
        image is not null && ProgramPath.Find(image) is null
            ? new Availability(false, null, $"{image} is no program: give --image uml=FILE another")
            : new[] { image ?? Installed, "setarch", "setpriv" }.FirstOrDefault(program => ProgramPath.Find(program) is null) is { } missing
            ? new Availability(false, null, $"{missing} is not installed", "./build.sh setup")
            : null;

    /// <exception cref="TargetException">Something is not there.</exception>
    public static UserModeLinux Find(string? image) => WhyAbsent(image) is { } absent
        ? throw new TargetException(absent.Reason!)
        : new UserModeLinux(ProgramPath.Find(image ?? Installed)!, ProgramPath.Find("setarch")!, ProgramPath.Find("setpriv")!);

    /// <returns>E.g. <c>Linux 6.1.176</c>.</returns>
    /// <exception cref="TargetException">It is no user-mode kernel.</exception>
    public async Task<string> VersionAsync(CancellationToken cancellation)
    {
        var answer = await HostCommand.RunAsync(Kernel, ["--version"], cancellation).ConfigureAwait(false);
        return answer.Status == 0 && ErrorTail.Clean(answer.Output) is { } version && char.IsAsciiDigit(version[0])
            ? "Linux " + version
            : throw new TargetException($"{Kernel} is no user-mode Linux: --version says {answer.Error ?? "nothing"}");
    }

    /// <param name="memoryDirectory">See <see cref="UserModeMemory"/>.</param>
    public ProcessLaunch Describe(Launch launch, string initramfs, string memoryDirectory) => new(
        SetArchitecture,
        [
            // Where the host puts a program's heap at random, the kernel takes the gap before it, up to 1 GiB, for memory to manage, and a
            // guest needs 24 MiB or 48 to boot, as chance has it.
            "-R",
            SetPrivileges,
            "--no-new-privs",
            // Only root has a bounding set to give up.
            .. Environment.IsPrivilegedProcess ? (IReadOnlyList<string>)["--bounding-set=-all", "--inh-caps=-all"] : [],
            Kernel,
            .. Words(launch, initramfs).Select(word => word.Text),
        ],
        ["TMPDIR=" + memoryDirectory, $"{InstanceProcesses.Variable}={launch.Label}"],
        launch.Resources.HostCpus,
        launch.Label)
    {
        Network = launch.Link?.Namespace,
    };

    /// <summary>The kernel's command line.</summary>
    internal static IReadOnlyList<KernelWord> Words(Launch launch, string initramfs) =>
    [
        new(string.Create(CultureInfo.InvariantCulture, $"mem={launch.Resources.MemoryBytes >> 10}K"), "the guest's memory"),
        new("initrd=" + initramfs, "PID 1 and the program"),
        new("con=null", "the other consoles would each start a terminal emulator"),
        new("con0=null,fd:1", "the console writes to standard output; /dev/null cannot be waited for, as it would do with fd:0"),
        new("uml_dir=" + launch.ScratchDirectory, "else it writes its process number and a control socket below the home directory"),
        new("umid=uml", "a name of its own in there, instead of a random one"),
        new("hostfs=" + Path.Combine(launch.ScratchDirectory, "nothing"),
            "a guest can mount any directory of the host below this one, by default all: there is none below what does not exist"),
        new("noreboot", "a reset ends the guest, as powering off does"),
        new("pty.legacy_count=0", "else 512 devices that no probe uses are announced one by one, each by a process: over half of the boot"),
        .. launch.Link is TapLink tap
            ? (IReadOnlyList<KernelWord>)[new($"{LinkName}:transport=tap,ifname={tap.Device},mac={tap.Address.Mac}", "the guest's network")]
            : [],
        new("quiet", "the kernel's own messages would stand between the transcript's lines"),
        new("loglevel=1", "as quiet, but for errors too; a panic is still shown, which it is not at 0"),
    ];
}
