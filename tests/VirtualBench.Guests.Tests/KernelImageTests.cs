using System.Text;
using VirtualBench.Guests.Linux;

namespace VirtualBench.Guests.Tests;

public class KernelImageTests
{
    [Fact]
    public void Literals_and_overlapping_matches_unpack()
    {
        // Block 1: 3 literals "abc", a match of 6 at distance 3, 1 literal "d" at the end. Block 2: 18 literals (a length in two bytes).
        byte[] frame =
        [
            0x02, 0x21, 0x4C, 0x18, 8, 0, 0, 0, 0x32, (byte)'a', (byte)'b', (byte)'c', 3, 0, 0x10, (byte)'d',
            20, 0, 0, 0, 0xF0, 3, .. Encoding.ASCII.GetBytes("0123456789abcdefgh"),
        ];
        var output = new byte[28];
        Assert.Equal(28, Lz4LegacyFrame.Decode(frame, output));
        Assert.Equal("abcabcabcd0123456789abcdefgh", Encoding.ASCII.GetString(output));
    }

    [Theory]
    [InlineData("wrong magic", new byte[] { 1, 2, 3, 4, 1, 0, 0, 0, 0 })]
    [InlineData("block longer than the frame", new byte[] { 0x02, 0x21, 0x4C, 0x18, 9, 0, 0, 0, 0x10 })]
    [InlineData("literals beyond the block", new byte[] { 0x02, 0x21, 0x4C, 0x18, 2, 0, 0, 0, 0x50, 1 })]
    [InlineData("half a distance", new byte[] { 0x02, 0x21, 0x4C, 0x18, 3, 0, 0, 0, 0x10, 1, 1 })]
    [InlineData("distance zero", new byte[] { 0x02, 0x21, 0x4C, 0x18, 4, 0, 0, 0, 0x10, 1, 0, 0 })]
    [InlineData("distance before the start", new byte[] { 0x02, 0x21, 0x4C, 0x18, 4, 0, 0, 0, 0x10, 1, 2, 0 })]
    [InlineData("match beyond the output", new byte[] { 0x02, 0x21, 0x4C, 0x18, 5, 0, 0, 0, 0x1F, 1, 1, 0, 50 })]
    [InlineData("endless length", new byte[] { 0x02, 0x21, 0x4C, 0x18, 3, 0, 0, 0, 0xF0, 255, 255 })]
    public void A_malformed_frame_is_an_error_and_never_an_overrun(string what, byte[] frame)
    {
        var error = Assert.Throws<InvalidDataException>(() => Lz4LegacyFrame.Decode(frame, new byte[16]));
        Assert.True(error.Message.Length > 0, what);
    }

    [Fact]
    public void A_bzImage_whose_lengths_lie_is_left_as_it_is()
    {
        var image = new byte[2048];
        "HdrS"u8.CopyTo(image.AsSpan(0x202));
        Assert.True(X64KernelImage.IsBzImage(image));
        Assert.Null(X64KernelImage.TryUnpack(image)); // no payload
        BitConverter.TryWriteBytes(image.AsSpan(0x24C), uint.MaxValue);
        Assert.Null(X64KernelImage.TryUnpack(image)); // beyond the file
        image[0x1F1] = 1;
        BitConverter.TryWriteBytes(image.AsSpan(0x24C), 1024u);
        image.AsSpan(2044).Fill(0xFF);
        Assert.Null(X64KernelImage.TryUnpack(image)); // unpacks to 4 GiB, it says
        Assert.Null(X64KernelImage.TryUnpack(new byte[100]));
    }

    [Theory]
    [InlineData(GuestArchitecture.X64, "is not a kernel for x64")]
    [InlineData(GuestArchitecture.Arm64, "is not a kernel for arm64")]
    public void A_users_file_that_is_no_kernel_is_refused(GuestArchitecture architecture, string expected)
    {
        using var workspace = new Workspace();
        var program = File.ReadAllBytes("/proc/self/exe"); // an ELF image, but of no kernel
        foreach (var content in new byte[][] { [], new byte[8192], Encoding.ASCII.GetBytes("#!/bin/sh\nexit 0\n"), program })
        {
            var failure = Assert.Throws<KernelException>(() => LinuxKernel.FromFile(architecture, workspace.Write("kernel", content)));
            Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        }

        var missing = Assert.Throws<KernelException>(() => LinuxKernel.FromFile(architecture, workspace.PathOf("missing")));
        Assert.Contains("cannot be read", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_users_kernel_tells_its_version()
    {
        using var workspace = new Workspace();
        var kernel = LinuxKernel.FromFile(GuestArchitecture.Arm64, workspace.Write("Image", FakeApt.Arm64Kernel("6.12.1-mine")));
        Assert.Equal("6.12.1-mine #1 SMP Debian 6.1.192-2 (2026-11-16)", kernel.Version);
        Assert.Empty(kernel.Modules);

        var bzImage = new byte[4096];
        "HdrS"u8.CopyTo(bzImage.AsSpan(0x202));
        BitConverter.TryWriteBytes(bzImage.AsSpan(0x20E), (ushort)0x600);
        "6.9.9-own (me@here) #3 SMP\0"u8.CopyTo(bzImage.AsSpan(0x800));
        Assert.Equal("6.9.9-own #3 SMP", LinuxKernel.FromFile(GuestArchitecture.X64, workspace.Write("bzImage", bzImage)).Version);
        BitConverter.TryWriteBytes(bzImage.AsSpan(0x20E), ushort.MaxValue);
        Assert.Equal("unknown", LinuxKernel.FromFile(GuestArchitecture.X64, workspace.Write("bzImage", bzImage)).Version);
    }
}
