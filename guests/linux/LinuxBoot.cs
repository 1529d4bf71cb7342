using System.Globalization;
using System.Text;

namespace VirtualBench.Guests.Linux;

/// <summary>A word of a kernel command line, and why it is there.</summary>
public sealed record KernelWord(string Text, string Reason);

/// <summary>What a Linux VM guest is started from, besides its kernel: an initramfs with our PID 1 (init.c) and one program.</summary>
public static class LinuxBoot
{
    /// <summary>Where the program is inside the guest.</summary>
    public const string ProgramPath = "/vbprobe";

    // The bounds of init.c: one argument is the program itself, and its buffer ends with a zero byte.
    private const int MaxArguments = 254, MaxArgumentBytes = (64 * 1024) - 1;

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Everybody = Executable | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit;

    /// <summary>
    /// The part of an initramfs that all trials of a program share: PID 1, the program, the directories to mount on, and the modules, which
    /// PID 1 loads in this order.
    /// </summary>
    /// <param name="modules">Files of modules; give none that the guest has no device for, because loading takes boot time.</param>
    public static void WriteBase(Stream output, string initFile, string programFile, IReadOnlyList<string> modules)
    {
        var writer = new InitramfsWriter(output);
        foreach (var path in new[] { "dev", "proc", "sys" })
        {
            writer.AddDirectory(path, Executable);
        }

        writer.AddDirectory("tmp", Everybody);
        writer.AddCharacterDevice("dev/console", UnixFileMode.UserRead | UnixFileMode.UserWrite, 5, 1); // opened before PID 1 mounts /dev
        AddFile(writer, "init", Executable, initFile);
        AddFile(writer, ProgramPath[1..], Executable, programFile);
        if (modules.Count > 0)
        {
            writer.AddDirectory("lib", Executable);
            var names = modules.Select(module => "lib/" + Path.GetFileName(module)).ToList();
            foreach (var (name, file) in names.Zip(modules))
            {
                AddFile(writer, name, Readable, file);
            }

            writer.AddFile("modules", Readable, Encoding.ASCII.GetBytes(string.Concat(names.Select(name => "/" + name + "\n"))));
        }

        writer.Finish();
    }

    /// <summary>The part that is a trial's own; goes behind the base.</summary>
    /// <param name="surroundings">null: <see cref="LinuxSurroundings.None"/>.</param>
    /// <exception cref="ArgumentException">Something that cannot be passed on, or too many arguments.</exception>
    public static void WriteArguments(Stream output, IReadOnlyList<string> arguments, LinuxSurroundings? surroundings = null)
    {
        if (arguments.FirstOrDefault(argument => argument.AsSpan().IndexOfAny('\n', '\0') >= 0) is not null)
        {
            throw new ArgumentException("an argument for a guest holds a line end or a zero byte", nameof(arguments));
        }

        var text = Encoding.UTF8.GetBytes(string.Concat(arguments.Prepend(ProgramPath).Select(argument => argument + "\n")));
        if (arguments.Count > MaxArguments || text.Length > MaxArgumentBytes)
        {
            var bounds = string.Create(CultureInfo.InvariantCulture, $"{MaxArguments} arguments in {MaxArgumentBytes} bytes");
            throw new ArgumentException($"a guest takes {bounds} at most", nameof(arguments));
        }

        var writer = new InitramfsWriter(output);
        writer.AddFile("args", Readable, text);
        surroundings?.Write((name, content) => writer.AddFile(name, Readable, content));
        writer.Finish();
    }

    /// <summary>The files of the modules that a guest needs for its devices and file systems, in load order.</summary>
    /// <param name="devices">
    /// Drivers as the kernel names them, e.g. <c>virtio_net</c>, <c>virtio_blk</c>, <c>virtio_scsi</c> (with its disks), <c>virtiofs</c>,
    /// <c>9p</c>.
    /// </param>
    /// <param name="transport">What finds virtio devices: <c>virtio_pci</c>, or <c>virtio_mmio</c> (microvm).</param>
    /// <returns>Without what the kernel has built in, or has not at all: then the guest says what it misses.</returns>
    public static IReadOnlyList<string> Modules(LinuxKernel kernel, IReadOnlyList<string> devices, string transport = "virtio_pci")
    {
        if (devices.Count == 0)
        {
            return [];
        }

        var files = kernel.Modules.ToDictionary(KernelModules.NameOf, StringComparer.Ordinal);
        var dependencies = files.ToDictionary(
            file => file.Key, file => KernelModules.ReadDependencies(File.ReadAllBytes(file.Value)), StringComparer.Ordinal);
        var wanted = devices.SelectMany(KernelModules.Of).Prepend(transport).ToList();
        return KernelModules.LoadOrder(wanted, dependencies).Select(name => files[name]).ToList();
    }

    /// <summary>A whole initramfs, in a file of its own.</summary>
    public static void WriteInitramfs(
        string path,
        string initFile,
        string programFile,
        IReadOnlyList<string> modules,
        IReadOnlyList<string> arguments,
        LinuxSurroundings? surroundings = null)
    {
        using var output = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 128 * 1024);
        WriteBase(output, initFile, programFile, modules);
        WriteArguments(output, arguments, surroundings);
    }

    /// <summary>The kernel command line as QEMU's <c>-append</c> takes it.</summary>
    /// <param name="tscKhz">See <see cref="KernelWords"/>.</param>
    public static string KernelCommandLine(GuestArchitecture architecture, long? tscKhz = null) =>
        string.Join(' ', KernelWords(architecture, tscKhz).Select(word => word.Text));

    /// <summary>
    /// The words of the kernel command line. What would start faster by making the guest another machine (mitigations, address space
    /// randomisation, memory initialisation, security modules left out) is not among them: the probes measure what they cost. Nor is
    /// <c>tsc=reliable</c>: the kernel's first measurement of the time stamp counter against emulated timers is off by up to 0.1 %, and
    /// that word would keep the kernel from correcting it.
    /// </summary>
    /// <param name="tscKhz">
    /// x64 only: the rate of the guest's time stamp counter, in kHz, where the caller knows it exactly. Under TCG it is the host's counter
    /// and so the host's rate. The guest then neither measures it during the boot nor corrects it a second later, in the middle of a probe.
    /// </param>
    public static IReadOnlyList<KernelWord> KernelWords(GuestArchitecture architecture, long? tscKhz = null)
    {
        var words = new List<KernelWord>
        {
            new(architecture == GuestArchitecture.Arm64 ? "console=ttyAMA0" : "console=ttyS0",
                "the serial port is built in, so the first byte needs no module; PID 1 and the program inherit it as standard output"),
            new("quiet", "the kernel's own messages would share the port with the transcript, and cost a port access a byte"),
            new("loglevel=0", "as quiet, but for errors and emergencies too, which would break a line of the transcript in two"),
            new("panic=-1", "a panic resets at once, which -no-reboot turns into the end of QEMU, instead of hanging until the deadline"),
            new("cryptomgr.notests", "leaves out self-tests of ciphers that no probe uses: 0.2 to 0.4 s of the boot under emulation"),
        };
        if (tscKhz is { } khz && architecture == GuestArchitecture.X64)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(khz, nameof(tscKhz));
            words.Add(new(
                string.Create(CultureInfo.InvariantCulture, $"tsc_early_khz={khz}"),
                "the time stamp counter's rate, known instead of measured"));
            words.Add(new("tsc=reliable", "with the rate known there is nothing to correct: no change of the clock during a probe"));
        }

        return words;
    }

    private static void AddFile(InitramfsWriter writer, string path, UnixFileMode mode, string file)
    {
        using var content = File.OpenRead(file);
        writer.AddFile(path, mode, content);
    }
}
