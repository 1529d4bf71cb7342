using System.Net;
using System.Text;
using VirtualBench.Guests.Linux;

namespace VirtualBench.Guests.Tests;

/// <summary>Boots the real kernels with the real PID 1 under QEMU's translator, which needs no virtualisation hardware.</summary>
public class LinuxBootTests
{
    public static TheoryData<GuestArchitecture> Architectures => [GuestArchitecture.X64, GuestArchitecture.Arm64];

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_program_gets_its_arguments_and_its_output_arrives_byte_for_byte(GuestArchitecture architecture)
    {
        var bytes = Enumerable.Range(0, 65536).Select(i => (byte)i).ToArray();
        byte[] expected =
        [
            .. "/vbprobe\nbytes\n*.{a=1}\nöß\ncat=/proc/1/comm\n"u8, .. bytes, .. "init\n\nVBINIT: exited 7\n"u8,
        ];
        Assert.Equal(expected, await BootAsync(architecture, ["bytes", "*.{a=1}", "öß", "cat=/proc/1/comm"]));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_signal_is_told_from_a_status_and_orphans_do_not_matter(GuestArchitecture architecture)
    {
        var lines = Encoding.UTF8.GetString(await BootAsync(architecture, ["orphan", "abort"])).Split('\n');
        Assert.True(GuestEnd.TryParse(lines[^2], out var end));
        Assert.Equal(new GuestEnd(null, "the program was killed by signal 6", 6), end);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task The_modules_load_in_the_order_given(GuestArchitecture architecture)
    {
        var text = Encoding.UTF8.GetString(await BootAsync(architecture, ["cat=/proc/modules"], withModules: true));
        var loaded = text.Split('\n')
            .Where(line => line.Contains(" Live ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[0])
            .Reverse() // /proc/modules shows the newest first
            .ToList();
        var kernel = await KernelAsync(architecture);
        Assert.Equal(kernel.Modules.Select(Path.GetFileNameWithoutExtension), loaded);
        Assert.Contains("virtio_net", loaded);
        Assert.Contains("virtio_blk", loaded);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_guest_with_surroundings_finds_network_disk_and_mounts(GuestArchitecture architecture)
    {
        using var workspace = new Workspace();
        var disk = workspace.PathOf("disk");
        await File.WriteAllTextAsync(disk, new string('\n', 511) + "D", TestContext.Current.CancellationToken);
        var surroundings = new LinuxSurroundings(
            new("eth0", IPAddress.Parse("10.0.2.15"), 24, 1400), [new("tmpfs", "none", "/made", "size=64k")], ["/dev/sda"]);
        var text = Encoding.UTF8.GetString(await BootAsync(
            architecture,
            ["cat=/proc/net/fib_trie", "cat=/sys/class/net/eth0/mtu", "cat=/proc/mounts", "cat=/dev/sda", "send=10.0.2.2:9"],
            devices: ["virtio_net", "virtio_scsi"],
            surroundings: surroundings,
            machine:
            [
                "-netdev", "user,id=net,restrict=on", "-device", "virtio-net-pci,netdev=net,romfile=", "-device", "virtio-scsi-pci",
                "-drive", $"file={disk},format=raw,if=none,id=disk", "-device", "scsi-hd,drive=disk",
            ]));
        Assert.Contains("10.0.2.15", text, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", text, StringComparison.Ordinal); // lo is up
        Assert.Contains("\n1400\n", text, StringComparison.Ordinal);
        Assert.Contains("none /made tmpfs rw,relatime,size=64k", text, StringComparison.Ordinal);
        Assert.Contains("\n\n\nDsend 10.0.2.2:9: ok\n", text, StringComparison.Ordinal);
        Assert.EndsWith("VBINIT: exited 7\n", text, StringComparison.Ordinal);
    }

    public static TheoryData<LinuxSurroundings, string> Missing => new()
    {
        { new(new("eth0", IPAddress.Parse("10.0.2.15"), 24), [], []), "set up the network interface eth0: No such device" },
        { new(null, [new("virtiofs", "vbdisk", "/disk")], []), "mount virtiofs vbdisk on /disk: No such device" },
        { new(null, [], ["/dev/sda"]), "find the device /dev/sda: No such file or directory" },
    };

    [Theory]
    [MemberData(nameof(Missing))]
    public async Task What_is_not_there_ends_the_guest_before_the_program(LinuxSurroundings surroundings, string why)
    {
        var text = Encoding.UTF8.GetString(await BootAsync(GuestArchitecture.X64, ["pid"], surroundings: surroundings));
        Assert.Equal($"\nVBINIT: cannot {why}\n", text);
        Assert.True(GuestEnd.TryParse(text.Trim(), out var end));
        Assert.Equal(new GuestEnd(null, "the guest cannot " + why), end);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_device_takes_its_modules_and_no_others(GuestArchitecture architecture)
    {
        var kernel = await KernelAsync(architecture);
        var pci = Names(LinuxBoot.Modules(kernel, ["virtio_net"]));
        Assert.Equal("virtio_pci", pci[pci.IndexOf("failover") - 1]);
        Assert.Equal(["failover", "net_failover", "virtio_net"], pci[^3..]);
        Assert.DoesNotContain("virtio_blk", pci);
        Assert.Equal(["virtio", "virtio_mmio", "virtio_blk"], Names(LinuxBoot.Modules(kernel, ["virtio_blk"], "virtio_mmio"))[^3..]);
        Assert.Equal(["scsi_mod", "virtio_scsi", "sd_mod"], Names(LinuxBoot.Modules(kernel, ["virtio_scsi"])).Except(pci).TakeLast(3));
        Assert.Equal(["fuse", "virtiofs"], Names(LinuxBoot.Modules(kernel, ["virtiofs"])).Except(pci));
        Assert.Empty(LinuxBoot.Modules(kernel, []));
        static List<string> Names(IReadOnlyList<string> files) => [.. files.Select(file => Path.GetFileNameWithoutExtension(file))];
    }

    [Fact]
    public void Surroundings_that_cannot_be_passed_on_are_refused()
    {
        var address = IPAddress.Parse("10.0.2.15");
        LinuxSurroundings[] bad =
        [
            new(new("eth0 ", address, 24), [], []),
            new(new("sixteen.letters.", address, 24), [], []),
            new(new("eth0", IPAddress.IPv6Loopback, 24), [], []),
            new(new("eth0", address, 0), [], []),
            new(new("eth0", address, 33), [], []),
            new(new("eth0", address, 24, 67), [], []),
            new(null, [new("ext4", "/dev/vda", "/my disk")], []),
            new(null, [new("ext4", "/dev/vda", "/disk", "a\nb")], []),
            new(null, [], [""]),
        ];
        Assert.All(bad, surroundings =>
            Assert.ThrowsAny<ArgumentException>(() => LinuxBoot.WriteArguments(Stream.Null, [], surroundings)));
    }

    [Fact]
    public async Task A_program_that_cannot_be_run_is_named_with_the_reason()
    {
        var noProgram = Path.Combine(Workspace.Repository, "Directory.Build.props");
        var text = Encoding.UTF8.GetString(await BootAsync(GuestArchitecture.X64, [], program: noProgram));
        Assert.True(GuestEnd.TryParse(text.Trim(), out var end), text);
        Assert.Equal(new GuestEnd(null, "the guest cannot run /vbprobe: Exec format error"), end);
    }

    [Theory]
    [InlineData("VBINIT: exited 0", 0, null, null)]
    [InlineData("VBINIT: exited 255\r", 255, null, null)]
    [InlineData("VBINIT: killed by signal 11", null, "the program was killed by signal 11", 11)]
    [InlineData("VBINIT: cannot run /args: No such file or directory", null, "the guest cannot run /args: No such file or directory", null)]
    public void A_report_of_the_end_is_read(string line, int? status, string? fault, int? signal)
    {
        Assert.True(GuestEnd.TryParse(line, out var end));
        Assert.Equal(new GuestEnd(status, fault, signal), end);
    }

    [Theory]
    [InlineData("")]
    [InlineData("VBINIT: exited")]
    [InlineData("VBINIT: exited -1")]
    [InlineData("VBINIT: exited 1000000000000")]
    [InlineData(" VBINIT: exited 0")]
    [InlineData("VBINIT: exited 0 and more")]
    [InlineData("VBINIT: cannot run \u001b[2J")]
    public void Anything_else_is_not(string line) => Assert.False(GuestEnd.TryParse(line, out _));

    [Fact]
    public void Arguments_that_cannot_be_passed_on_are_refused()
    {
        Assert.Throws<ArgumentException>(() => LinuxBoot.WriteArguments(Stream.Null, ["two\nlines"]));
        Assert.Throws<ArgumentException>(() => LinuxBoot.WriteArguments(Stream.Null, ["zero\0byte"]));
        Assert.Throws<ArgumentException>(() => LinuxBoot.WriteArguments(Stream.Null, [.. Enumerable.Repeat("x", 255)]));
        Assert.Throws<ArgumentException>(() => LinuxBoot.WriteArguments(Stream.Null, [new string('x', 65536)]));
        LinuxBoot.WriteArguments(Stream.Null, [.. Enumerable.Repeat("x", 254)]);
    }

    [Fact]
    public void A_clock_rate_is_only_for_x64_and_says_that_it_is_exact()
    {
        Assert.EndsWith(
            " tsc_early_khz=2596126 tsc=reliable", LinuxBoot.KernelCommandLine(GuestArchitecture.X64, 2596126), StringComparison.Ordinal);
        Assert.DoesNotContain("tsc", LinuxBoot.KernelCommandLine(GuestArchitecture.Arm64, 2596126), StringComparison.Ordinal);
        Assert.DoesNotContain("tsc", LinuxBoot.KernelCommandLine(GuestArchitecture.X64), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => LinuxBoot.KernelCommandLine(GuestArchitecture.X64, 0));
    }

    private static async Task<byte[]> BootAsync(
        GuestArchitecture architecture,
        string[] arguments,
        bool withModules = false,
        string? program = null,
        string[]? devices = null,
        LinuxSurroundings? surroundings = null,
        string[]? machine = null)
    {
        var qemu = architecture == GuestArchitecture.Arm64 ? "qemu-system-aarch64" : "qemu-system-x86_64";
        Assert.SkipWhen(Tools.Find(qemu) is null, qemu + " is not installed");
        var kernel = await KernelAsync(architecture);
        using var workspace = new Workspace();
        var init = await Tools.CompileAsync(workspace,
            architecture,
            [.. Directory.GetFiles(Path.Combine(Workspace.Repository, "guests/linux"), "*.c")
                .Where(file => Path.GetFileName(file) is not ("container_init.c" or "network_holder.c" or "network_namespace.c"))
                .OrderBy(file => !file.EndsWith("/init.c", StringComparison.Ordinal))]);
        program ??= await Tools.CompileAsync(workspace, architecture, "tests/data/guest/program.c");
        var initramfs = workspace.PathOf("initramfs");
        LinuxBoot.WriteInitramfs(initramfs, init, program, withModules ? kernel.Modules : LinuxBoot.Modules(kernel, devices ?? []), arguments, surroundings);
        string[] board = architecture == GuestArchitecture.Arm64 ? ["-M", "virt", "-cpu", "cortex-a72"] : ["-M", "pc", "-cpu", "max"];
        var (status, output, error) = await Tools.RunAsync(
            TimeSpan.FromSeconds(90), qemu,
            [
                .. board, .. machine ?? [], "-accel", "tcg", "-m", "256", "-smp", "1", "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
                "-serial", "stdio", "-kernel", kernel.Path, "-initrd", initramfs, "-append", LinuxBoot.KernelCommandLine(architecture),
            ]);
        Assert.True(status == 0, error);
        return output;
    }

    private static async Task<LinuxKernel> KernelAsync(GuestArchitecture architecture)
    {
        var cache = new KernelCache();
        if (cache.TryGetCached(architecture) is null)
        {
            await KernelCacheTests.SkipWithoutNetworkAsync();
        }

        return await cache.GetAsync(architecture, TestContext.Current.CancellationToken);
    }
}
