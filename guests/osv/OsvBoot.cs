namespace VirtualBench.Guests.Osv;

/// <summary>What OSv's network device <c>eth0</c> gets, each as <c>A.B.C.D</c>.</summary>
public sealed record OsvAddress(string Host, string Mask);

/// <summary>What OSv takes to run a guest program, a static Linux program, unchanged: a disk with it and a command line.</summary>
public static class OsvBoot
{
    private const string ProgramName = "vbprobe", MountPoint = "/app";

    /// <summary>
    /// What OSv takes on arm64 with its terminator, in bytes: it aborts when there is more (include/osv/commands.hh, max_cmdline).
    /// </summary>
    private const int Arm64CommandLine = 1024;

    /// <summary>OSv's words before the program. They stand before everything that the program prints.</summary>
    private static readonly string[] Words =
    [
        // How the program ended is among what OSv prints of itself only so.
        "--verbose",

        // Else it halts, and the guest hangs.
        "--power-off-on-abort",

        // Without it OSv looks for a root on the disk, in one format after another.
        "--rootfs=ramfs", "--mount-fs=devfs,none,/dev", $"--mount-fs=rofs,/dev/vblk0,{MountPoint}",
    ];

    /// <summary>Writes the disk that <see cref="CommandLine"/> mounts.</summary>
    public static void WriteDisk(Stream output, string programFile)
    {
        var image = new RofsImage();
        image.AddFile(ProgramName, File.ReadAllBytes(programFile));
        image.Write(output);
    }

    /// <summary>The command line as QEMU's <c>-append</c> takes it.</summary>
    /// <param name="arguments">The program's; OSv splits at blanks.</param>
    /// <exception cref="ArgumentException">OSv would not hand them on as they are.</exception>
    /// <param name="address">Of its network device; null: it has none.</param>
    public static string CommandLine(GuestArchitecture architecture, IReadOnlyList<string> arguments, OsvAddress? address = null)
    {
        // OSv's grammar of commands (core/commands.cc): quotes, escapes, variables, several commands.
        if (arguments.FirstOrDefault(argument => argument.Length == 0 || argument.Any(c => c is <= ' ' or > '~' || @"""\$;&!".Contains(c)))
            is { } odd)
        {
            throw new ArgumentException($"OSv does not take {GuestPath.Show(odd)} as an argument", nameof(arguments));
        }

        IReadOnlyList<string> network = address is null ? [] : [$"--ip=eth0,{address.Host},{address.Mask}"];
        var line = string.Join(' ', [.. Words, .. network, $"{MountPoint}/{ProgramName}", .. arguments]);
        return architecture == GuestArchitecture.Arm64 && line.Length >= Arm64CommandLine
            ? throw new ArgumentException(
                $"OSv takes a command line of {Arm64CommandLine - 1} bytes on arm64, and not {line.Length}: choose fewer probes",
                nameof(arguments))
            : line;
    }
}
