using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using VirtualBench.Guests.Linux;

namespace VirtualBench.Guests.Tests;

/// <summary>
/// apt and dpkg as they behave for the kernel cache, with output captured from the real ones. The package that it "downloads" holds what
/// <see cref="Kernel"/> and <see cref="Modules"/> say.
/// </summary>
internal sealed class FakeApt : ICommandRunner
{
    private static readonly byte[] Package = Encoding.ASCII.GetBytes("the bytes of a package");

    public byte[] Kernel { get; set; } = Arm64Kernel("6.1.0-56-cloud-arm64");

    /// <summary>Path below lib/modules/VERSION/kernel and content.</summary>
    public Dictionary<string, byte[]> Modules { get; } = [];

    public CommandResult Update { get; set; } = new(0, "Reading package lists...\n", "");

    /// <summary>What apt-get download says; null: it works.</summary>
    public CommandResult? Download { get; set; }

    public bool KnowsTheKernel { get; set; } = true;

    public string PackageSha256 { get; set; } = Convert.ToHexStringLower(SHA256.HashData(Package));

    /// <summary>Commands that this machine does not have.</summary>
    public HashSet<string> Missing { get; } = [];

    /// <summary>Called before each command.</summary>
    public Func<string, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    public int Downloads { get; private set; }

    public List<string> Configurations { get; } = [];

    public static byte[] Arm64Kernel(string version)
    {
        var image = new byte[4096];
        "MZ"u8.CopyTo(image);
        "ARMd"u8.CopyTo(image.AsSpan(56));
        var compiled = $"Linux version {version} (debian-kernel@lists.debian.org) (gcc-12 (Debian) 12.2.0, GNU ld 2.40) ";
        Encoding.ASCII.GetBytes(compiled + "# SMP Debian\n\0" + compiled + "#1 SMP Debian 6.1.192-2 (2026-11-16)\n\0").CopyTo(image, 1000);
        return image;
    }

    public static byte[] Module(string dependencies) =>
        Encoding.ASCII.GetBytes($"\u007fELF\0license=GPL\0depends={dependencies}\0retpoline=Y\0");

    public async Task<CommandResult> RunAsync(
        string command, IReadOnlyList<string> arguments, string workingDirectory, CancellationToken cancellation)
    {
        var line = command + " " + string.Join(' ', arguments.Where(argument => !argument.StartsWith('-')));
        await Before(line, cancellation);
        if (Missing.Contains(command))
        {
            throw new Win32Exception(2);
        }

        if (arguments[0].StartsWith("--config-file=", StringComparison.Ordinal))
        {
            Configurations.Add(await File.ReadAllTextAsync(arguments[0]["--config-file=".Length..], cancellation));
        }

        switch (line)
        {
            case "apt-get update":
                return Update;
            case "apt-cache show linux-image-cloud-arm64" when KnowsTheKernel:
                return new(0, Workspace.Captured("apt/show-linux-image-cloud-arm64.txt"), "");
            case "apt-cache show linux-image-6.1.0-56-cloud-arm64" when KnowsTheKernel:
                var fields = Workspace.Captured("apt/show-linux-image-arm64.txt").Split('\n')
                    .Select(field => field.StartsWith("SHA256:", StringComparison.Ordinal) ? "SHA256: " + PackageSha256 : field);
                return new(0, string.Join('\n', fields), "");
            case "apt-get download linux-image-6.1.0-56-cloud-arm64":
                Downloads++;
                if (Download is null)
                {
                    await File.WriteAllBytesAsync(Path.Combine(workingDirectory, "linux-image_6.1.192-2_arm64.deb"), Package, cancellation);
                }

                return Download ?? new(0, "", "");
            case var _ when command == "dpkg-deb":
                Unpack(arguments[^1]);
                return new(0, "", "");
            default:
                return new(100, "", "E: No packages found\n");
        }
    }

    private void Unpack(string root)
    {
        Directory.CreateDirectory(Path.Combine(root, "boot"));
        File.WriteAllBytes(Path.Combine(root, "boot", "vmlinuz-6.1.0-56-cloud-arm64"), Kernel);
        foreach (var (name, content) in Modules)
        {
            var path = Path.Combine(root, "lib/modules/6.1.0-56-cloud-arm64/kernel", name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }
    }
}
