using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace VirtualBench.Guests.Rumprun;

/// <summary>
/// A guest program for Rumprun on x64 as <c>rumprun-bake</c> leaves it: program, C library, rump kernel and drivers in one ELF image that
/// QEMU enters by its multiboot header.
/// </summary>
/// <param name="Path">Absolute.</param>
/// <param name="Sha256">Of the file.</param>
public sealed record RumprunImage(string Path, string Sha256)
{
    /// <summary>In bytes. One with our probes has 3 MiB.</summary>
    private const long Most = 256 << 20;

    private const uint MultibootMagic = 0x1BADB002;

    /// <summary>Multiboot Specification 0.6.96, 3.1: the header is all within these, on a boundary of 4 bytes.</summary>
    private const int MultibootWithin = 8192;

    private const int MultibootHeaderBytes = 12;

    private const string HowTo = "give an image that was baked with our probes, or a toolchain's directory";

    /// <summary>Reads and checks an image.</summary>
    /// <exception cref="InvalidDataException">It is none, or there is no such file; the message is one line.</exception>
    public static RumprunImage FromFile(string path)
    {
        var image = ImageFile.Read(path, What, Most);
        return WhyNot(image) is { } reason
            ? throw new InvalidDataException($"{path} {reason}")
            : new RumprunImage(System.IO.Path.GetFullPath(path), Convert.ToHexStringLower(SHA256.HashData(image)));
    }

    /// <summary>Whether it was linked with the archive of probes that has this hash, as the image would say itself.</summary>
    /// <exception cref="InvalidDataException">It can no longer be read.</exception>
    public bool Holds(string archiveSha256) =>
        ImageFile.Read(Path, What, Most).AsSpan().IndexOf(Encoding.ASCII.GetBytes(archiveSha256)) >= 0;

    /// <summary>Why these bytes are no image, to follow a file's name; null when they are one.</summary>
    internal static string? WhyNot(ReadOnlySpan<byte> image) =>
        !ElfImage.IsOne(image) ? $"is no Rumprun image, which is an ELF image of 64 bits: {HowTo}"
        : ElfImage.Architecture(image) != GuestArchitecture.X64 ? $"is no Rumprun image for x64, but an ELF image of another machine: {HowTo}"
        : !ElfImage.IsWhole(image) ? "is cut short or damaged: its headers point beyond its end; copy it again"
        : !HasMultibootHeader(image) ? $"is a program, but no Rumprun image: it has no multiboot header; {HowTo}"
        : null;

    private const string What = "image of Rumprun";

    /// <summary>Magic, flags and checksum, whose sum is 0.</summary>
    private static bool HasMultibootHeader(ReadOnlySpan<byte> image)
    {
        var within = image[..Math.Min(image.Length, MultibootWithin)];
        for (; within.Length >= MultibootHeaderBytes; within = within[sizeof(uint)..])
        {
            var (magic, flags, checksum) = (Word(within, 0), Word(within, 1), Word(within, 2));
            if (magic == MultibootMagic && unchecked(magic + flags + checksum) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[(index * sizeof(uint))..]);
}
