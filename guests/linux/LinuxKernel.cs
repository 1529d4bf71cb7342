using System.Buffers.Binary;
using System.Text;

namespace VirtualBench.Guests.Linux;

/// <summary>A kernel that QEMU boots with <c>-kernel</c>.</summary>
/// <param name="Path">The kernel: an ELF image with a PVH entry or a bzImage (x64), an Image (arm64).</param>
/// <param name="Version">As the kernel says of itself, e.g. <c>6.1.0-56-cloud-amd64 #1 SMP ... Debian 6.1.192-2</c>.</param>
/// <param name="Modules">Files of the modules that belong to it, each after those that it needs; empty when there are none.</param>
public sealed record LinuxKernel(GuestArchitecture Architecture, string Path, string Version, IReadOnlyList<string> Modules)
{
    private static ReadOnlySpan<byte> Banner => "Linux version "u8;

    /// <summary>A kernel that the user supplies, booted as it is. It must have its drivers built in: it comes without modules.</summary>
    /// <exception cref="KernelException">There is no such file, or it is not a kernel for this architecture.</exception>
    public static LinuxKernel FromFile(GuestArchitecture architecture, string path)
    {
        byte[] image;
        try
        {
            image = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KernelException($"the kernel {path} cannot be read: {e.Message}", e);
        }

        if (!IsKernel(architecture, image))
        {
            throw new KernelException(architecture == GuestArchitecture.X64
                ? $"{path} is not a kernel for x64: no bzImage, no ELF image with a PVH note; give --kernel e.g. /boot/vmlinuz-VERSION"
                : $"{path} is not a kernel for arm64: neither an Image nor an EFI zboot Image; give --kernel one that is not gzipped");
        }

        return new LinuxKernel(architecture, System.IO.Path.GetFullPath(path), ReadVersion(architecture, image), []);
    }

    /// <summary>Whether these bytes begin like something that QEMU boots on this architecture.</summary>
    internal static bool IsKernel(GuestArchitecture architecture, ReadOnlySpan<byte> image) => architecture switch
    {
        GuestArchitecture.X64 => X64KernelImage.IsBzImage(image) || X64KernelImage.IsBootableElf(image),
        // Documentation/arm64/booting.rst: "ARMd" at 56; an EFI zboot image says "zimg" at 4 instead.
        _ => image.Length > 64 && (image[56..60].SequenceEqual("ARMd"u8) || image[4..8].SequenceEqual("zimg"u8)),
    };

    /// <summary>The version that the image carries, or <c>unknown</c>: a compressed arm64 image does not show it.</summary>
    internal static string ReadVersion(GuestArchitecture architecture, ReadOnlySpan<byte> image)
    {
        if (architecture == GuestArchitecture.X64 && X64KernelImage.IsBzImage(image))
        {
            // Documentation/x86/boot.rst: kernel_version, relative to 0x200.
            var version = ReadText(image, BinaryPrimitives.ReadUInt16LittleEndian(image[0x20E..]) + 0x200);
            return version.Length > 0 ? WithoutBuilder(version) : "unknown";
        }

        // "Linux version 6.1.0 (builder) (compiler) #1 SMP ..."; an earlier copy, from before the build was numbered, may stand before it.
        var found = "unknown";
        for (var rest = image; rest.IndexOf(Banner) is >= 0 and var at; rest = rest[(at + Banner.Length)..])
        {
            var text = ReadText(rest, at + Banner.Length);
            if (text.Length > 0 && char.IsAsciiDigit(text[0]))
            {
                found = WithoutBuilder(text);
            }
        }

        return found;
    }

    /// <summary>Release and build, without who compiled it with what, which stands between them in parentheses.</summary>
    private static string WithoutBuilder(string version)
    {
        var build = version.LastIndexOf(") #", StringComparison.Ordinal);
        return build < 0 ? version : version[..version.IndexOf(' ', StringComparison.Ordinal)] + version[(build + 1)..];
    }

    private static string ReadText(ReadOnlySpan<byte> image, int start)
    {
        var text = start < image.Length ? image[start..Math.Min(image.Length, start + 512)] : [];
        var end = text.IndexOfAny((byte)0, (byte)'\n');
        return Encoding.Latin1.GetString(end < 0 ? [] : text[..end]).Trim();
    }
}

/// <summary>A kernel could not be had; the message is one line: what, why, what to do next.</summary>
public sealed class KernelException : Exception
{
    public KernelException()
    {
    }

    public KernelException(string message)
        : base(message)
    {
    }

    public KernelException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
