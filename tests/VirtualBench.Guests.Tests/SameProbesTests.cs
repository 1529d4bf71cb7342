using System.Security.Cryptography;
using System.Text;

namespace VirtualBench.Guests.Tests;

/// <summary>
/// Ratios between targets mean something because every guest holds the same machine code. OSv, containers and Linux guests run the
/// programs themselves, unchanged; here is shown that what is linked apart from them holds the same probes.
/// </summary>
public sealed class SameProbesTests
{
    private const int LeastBytes = 96;

    public static TheoryData<string, string> Images { get; } = new()
    {
        { "x64", "vbprobe-c" }, { "x64", "vbprobe-cs" }, { "x64", "vbunikernel" },
        { "arm64", "vbprobe-c" }, { "arm64", "vbprobe-cs" }, { "arm64", "vbunikernel" },
    };

    [Theory, MemberData(nameof(Images))]
    public void Every_image_names_the_archive_that_it_was_linked_with(string architecture, string image)
    {
        var digest = Digest(architecture);
        var content = File.ReadAllBytes(ProbesProgram.Path(architecture, image));
        Assert.True(content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(digest)) >= 0, $"{image} does not name {digest}");
    }

    [Theory, MemberData(nameof(Images))]
    public void Every_image_holds_the_archives_code_byte_for_byte(string architecture, string image)
    {
        var functions = ArchiveFunctions.Read(ProbesProgram.Path(architecture, "libvbprobes.a"), LeastBytes);
        Assert.Contains("chase", functions.Select(f => f.Name)); // mem.latency
        var content = File.ReadAllBytes(ProbesProgram.Path(architecture, image));
        var missing = functions.Where(f => content.AsSpan().IndexOf(f.Code) < 0).Select(f => f.Name);
        Assert.Empty(missing);
    }

    /// <summary>The archive's SHA-256 as the build wrote it down, which is the archive's indeed.</summary>
    private static string Digest(string architecture)
    {
        var written = File.ReadAllText(ProbesProgram.Path(architecture, "libvbprobes.sha256")).Trim();
        var computed = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(ProbesProgram.Path(architecture, "libvbprobes.a"))));
        Assert.Equal(computed, written);
        return written;
    }
}
