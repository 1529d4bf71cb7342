using System.Buffers.Binary;
using System.Text;
using VirtualBench.Guests.Osv;

namespace VirtualBench.Guests.Tests;

public class OsvLoaderTests
{
    private const GuestArchitecture X64 = GuestArchitecture.X64, Arm64 = GuestArchitecture.Arm64;

    [Theory]
    [InlineData(X64)]
    [InlineData(Arm64)]
    public void A_loader_tells_its_version(GuestArchitecture architecture)
    {
        using var workspace = new Workspace();
        var loader = OsvLoader.FromFile(architecture, workspace.Write("loader", Loader(architecture)));
        Assert.Equal(new OsvLoader(architecture, workspace.PathOf("loader"), "v0.57.0-398-g0e34e4dc"), loader);
    }

    [Theory]
    [InlineData(X64, Arm64, "is an OSv loader for arm64, not for x64: give it as --image osv@arm64=FILE")]
    [InlineData(Arm64, X64, "is an OSv loader for x64, not for arm64: give it as --image osv@x64=FILE")]
    public void One_for_the_other_architecture_is_named_as_such(GuestArchitecture wanted, GuestArchitecture given, string expected) =>
        Assert.Equal(expected, OsvLoader.WhyNot(wanted, Loader(given)));

    [Theory]
    [InlineData(X64)]
    [InlineData(Arm64)]
    public void A_loader_that_lost_its_end_is_refused_wherever_that_was(GuestArchitecture architecture)
    {
        var whole = Loader(architecture);
        for (var length = 1; length < whole.Length; length = (length * 2) + 1)
        {
            Assert.NotNull(OsvLoader.WhyNot(architecture, whole.AsSpan(0, length)));
        }

        Assert.Contains("cut short", OsvLoader.WhyNot(architecture, whole.AsSpan(0, whole.Length - 1)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(X64, 0)]
    [InlineData(Arm64, 0x10000)]
    public void Any_damage_to_its_headers_is_survived(GuestArchitecture architecture, int elf)
    {
        for (var at = 0; at < 64 + (2 * 56); at++)
        {
            var damaged = Loader(architecture);
            damaged[elf + at] ^= 0xFF;
            _ = OsvLoader.WhyNot(architecture, damaged);
            damaged.AsSpan(elf + at, 8).Fill(0xFF);
            _ = OsvLoader.WhyNot(architecture, damaged);
        }
    }

    [Fact]
    public void The_elf_image_of_an_arm64_loader_is_not_what_is_booted() =>
        Assert.Contains("loader.img", OsvLoader.WhyNot(Arm64, Elf(183, "OSv v1.0\n")), StringComparison.Ordinal);

    [Fact]
    public void A_loader_that_qemu_cannot_enter_is_refused()
    {
        var elf = Elf(62, "OSv v0.50.0\n");
        elf.AsSpan(elf.AsSpan().IndexOf("Xen\0"u8), 3).Clear();
        Assert.Contains("PVH", OsvLoader.WhyNot(X64, elf), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(X64)]
    [InlineData(Arm64)]
    public void What_is_no_loader_is_refused_in_one_line(GuestArchitecture architecture)
    {
        using var workspace = new Workspace();
        string[] files =
        [
            "/proc/self/exe", "/dev/zero", workspace.Root, workspace.PathOf("missing"), workspace.Write("empty", []),
            workspace.Write("text", "no loader\n"u8.ToArray()), workspace.Write("zeros", new byte[200_000]),
            workspace.Write("kernel", Elf(62, "Linux version 6.1.0\n")), workspace.Write("riscv", Elf(243, "OSv v1.0\n")),
        ];
        foreach (var file in files)
        {
            var refusal = Assert.Throws<InvalidDataException>(() => OsvLoader.FromFile(architecture, file));
            Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(refusal.Message, char.IsControl);
        }
    }

    private static byte[] Loader(GuestArchitecture architecture)
    {
        if (architecture == X64)
        {
            return Elf(62, "OSv v0.57.0-398-g0e34e4dc\n");
        }

        var header = new byte[0x10000];
        "ARMd"u8.CopyTo(header.AsSpan(56));
        return [.. header, .. Elf(183, "OSv v0.57.0-398-g0e34e4dc\n")];
    }

    /// <summary>An image of two segments, the second of them with this text and a PVH note, and no sections.</summary>
    private static byte[] Elf(ushort machine, string text)
    {
        var content = Encoding.ASCII.GetBytes("OSv version\nOSv v\n" + text);
        byte[] note = [4, 0, 0, 0, 8, 0, 0, 0, 18, 0, 0, 0, .. "Xen\0"u8, .. new byte[8]];
        var elf = new byte[64 + (2 * 56) + note.Length + content.Length];
        "\u007FELF\u0002\u0001\u0001"u8.CopyTo(elf);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(18), machine);
        BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(56), 2);
        var second = elf.AsSpan(64 + 56);
        BinaryPrimitives.WriteUInt64LittleEndian(second[8..], 64 + (2 * 56));
        BinaryPrimitives.WriteUInt64LittleEndian(second[32..], (ulong)(note.Length + content.Length));
        note.CopyTo(elf.AsSpan(64 + (2 * 56)));
        content.CopyTo(elf.AsSpan(64 + (2 * 56) + note.Length));
        return elf;
    }
}
