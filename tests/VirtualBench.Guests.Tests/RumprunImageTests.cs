using System.Buffers.Binary;
using System.Text;
using VirtualBench.Guests.Rumprun;

namespace VirtualBench.Guests.Tests;

public sealed class RumprunImageTests
{
    private const ushort X64 = 62, Arm64 = 183;
    private const int HeaderAt = 4096;
    private const string Hash = "8f0c1e";

    [Fact]
    public void An_image_says_which_probes_it_holds()
    {
        using var workspace = new Workspace();
        var image = RumprunImage.FromFile(workspace.Write("image", Image()));
        Assert.Equal(workspace.PathOf("image"), image.Path);
        Assert.Matches("^[0-9a-f]{64}$", image.Sha256);
        Assert.True(image.Holds(Hash));
        Assert.False(image.Holds("8f0c1f"));
        File.CreateSymbolicLink(workspace.PathOf("link"), "image");
        Assert.Equal(image.Sha256, RumprunImage.FromFile(workspace.PathOf("link")).Sha256);
    }

    [Fact]
    public void One_for_another_machine_is_refused() =>
        Assert.Contains("another machine", RumprunImage.WhyNot(Image(machine: Arm64)), StringComparison.Ordinal);

    [Theory]
    [InlineData(0x1BADB003u, 0u)]
    [InlineData(0x1BADB002u, 1u)]
    public void A_program_without_a_multiboot_header_is_refused(uint magic, uint excess) =>
        Assert.Contains("no multiboot header", RumprunImage.WhyNot(Image(magic: magic, excess: excess)), StringComparison.Ordinal);

    [Theory]
    [InlineData(8180, true)]
    [InlineData(8184, false)]
    [InlineData(4098, false)]
    public void A_multiboot_header_counts_where_it_is_looked_for(int at, bool counts) =>
        Assert.Equal(counts, RumprunImage.WhyNot(Image(headerAt: at)) is null);

    [Fact]
    public void An_image_that_lost_its_end_is_refused_wherever_that_was()
    {
        var whole = Image();
        for (var length = 1; length < whole.Length; length = (length * 2) + 1)
        {
            Assert.NotNull(RumprunImage.WhyNot(whole.AsSpan(0, length)));
        }

        Assert.Contains("cut short", RumprunImage.WhyNot(whole.AsSpan(0, whole.Length - 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_image_is_refused_in_one_line()
    {
        using var workspace = new Workspace();
        string[] files =
        [
            "/proc/self/exe", "/dev/zero", workspace.Root, workspace.PathOf("missing"), workspace.Write("empty", []),
            workspace.Write("text", "no image\n"u8.ToArray()), workspace.Write("zeros", new byte[200_000]),
        ];
        foreach (var file in files)
        {
            var refusal = Assert.Throws<InvalidDataException>(() => RumprunImage.FromFile(file));
            Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(refusal.Message, char.IsControl);
        }
    }

    /// <summary>An ELF image of one segment, with a multiboot header and a hash in it.</summary>
    private static byte[] Image(ushort machine = X64, uint magic = 0x1BADB002, uint excess = 0, int headerAt = HeaderAt)
    {
        const uint flags = 0x10003;
        var elf = new byte[12_000];
        "\u007FELF\u0002\u0001\u0001"u8.CopyTo(elf);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(18), machine);
        BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(56), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(64 + 32), (ulong)elf.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(elf.AsSpan(headerAt), magic);
        BinaryPrimitives.WriteUInt32LittleEndian(elf.AsSpan(headerAt + 4), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(elf.AsSpan(headerAt + 8), unchecked(0u - 0x1BADB002u - flags + excess));
        Encoding.ASCII.GetBytes(Hash).CopyTo(elf.AsSpan(10_000));
        return elf;
    }
}
