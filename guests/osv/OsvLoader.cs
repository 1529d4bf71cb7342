using System.Text;
using VirtualBench.Guests.Linux;

namespace VirtualBench.Guests.Osv;

/// <summary>
/// OSv's kernel as its build leaves it and QEMU boots it with <c>-kernel</c>: <c>loader-stripped.elf</c> or <c>loader.elf</c> on x64,
/// <c>loader.img</c> on arm64.
/// </summary>
/// <param name="Path">Absolute.</param>
/// <param name="Version">As it says of itself when it boots, e.g. <c>v0.57.0-398-g0e34e4dc</c>.</param>
public sealed record OsvLoader(GuestArchitecture Architecture, string Path, string Version)
{
    /// <summary>Where the ELF image stands in a loader.img, behind a header for boot loaders (OSv's arch/aarch64/preboot.S).</summary>
    private const int Arm64ElfOffset = 0x10000;

    /// <summary>More than any loader with its debugging information has, in bytes: what is larger need not be read to know.</summary>
    private const long Most = 512 << 20;

    private static ReadOnlySpan<byte> Banner => "OSv v"u8;

    /// <summary>Reads and checks a loader: it is whole, OSv, for this architecture, and in the form that QEMU enters.</summary>
    /// <exception cref="InvalidDataException">It is not, or there is no such file; one line: what, why, what to do next.</exception>
    public static OsvLoader FromFile(GuestArchitecture architecture, string path)
    {
        var image = ImageFile.Read(path, "OSv loader", Most);
        if (WhyNot(architecture, image) is { } reason)
        {
            throw new InvalidDataException($"{path} {reason}");
        }

        return new OsvLoader(architecture, System.IO.Path.GetFullPath(path), FindVersion(image)!);
    }

    /// <summary>Why these bytes are no loader for an architecture, to follow a file's name; null when they are one.</summary>
    internal static string? WhyNot(GuestArchitecture architecture, ReadOnlySpan<byte> image)
    {
        var isArm64Image = image.Length > Arm64ElfOffset && image[56..60].SequenceEqual("ARMd"u8);
        var elf = isArm64Image ? image[Arm64ElfOffset..] : image;
        var kernelName = architecture == GuestArchitecture.Arm64 ? "loader.img" : "loader-stripped.elf";
        if (!ElfImage.IsOne(elf))
        {
            return $"is no OSv loader: neither an ELF image nor one for arm64's boot loaders; give OSv's {kernelName}";
        }

        if (!ElfImage.IsWhole(elf))
        {
            return "is cut short or damaged: its headers point beyond its end; copy it again";
        }

        if (FindVersion(image) is null)
        {
            return "is a program or a kernel, but no OSv loader: the words \"OSv v...\" are not in it; give OSv's " + kernelName;
        }

        var built = ElfImage.Architecture(elf);
        return built != architecture
                ? $"is an OSv loader for {Name(built)}, not for {Name(architecture)}"
                    + (built is null ? "" : $": give it as --image osv@{Name(built)}=FILE")
            : architecture == GuestArchitecture.Arm64 && !isArm64Image
                ? "is OSv's ELF image, which QEMU does not enter on arm64: give the loader.img beside it"
            : architecture == GuestArchitecture.X64 && !X64KernelImage.IsBootableElf(elf)
                ? "has no PVH note, without which QEMU does not enter it: build a newer OSv"
            : null;
    }

    /// <summary>What OSv prints first: "OSv v0.57.0\n".</summary>
    private static string? FindVersion(ReadOnlySpan<byte> image)
    {
        const int longest = 80;
        for (var rest = image; rest.IndexOf(Banner) is >= 0 and var at;)
        {
            rest = rest[(at + Banner.Length)..];
            var end = rest[..Math.Min(rest.Length, longest)].IndexOf((byte)'\n');
            if (end > 0 && rest[0] is >= (byte)'0' and <= (byte)'9' && !rest[..end].ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            {
                return "v" + Encoding.ASCII.GetString(rest[..end]);
            }
        }

        return null;
    }

    private static string Name(GuestArchitecture? architecture) => architecture switch
    {
        GuestArchitecture.Arm64 => "arm64",
        GuestArchitecture.X64 => "x64",
        null => "another architecture",
        _ => throw new ArgumentOutOfRangeException(nameof(architecture)),
    };
}
