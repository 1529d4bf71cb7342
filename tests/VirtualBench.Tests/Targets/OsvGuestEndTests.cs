using System.Text;
using VirtualBench.Targets;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Tests.Targets;

/// <summary>How programs on OSv ended, by consoles that OSv v0.57.0-398 printed under QEMU.</summary>
public sealed class OsvGuestEndTests
{
    [Theory]
    [InlineData("x64-returned", 0, null)]
    [InlineData("arm64-returned", 0, null)]
    [InlineData("x64-returned-3", 3, null)]
    [InlineData("x64-exited", 3, null)]
    [InlineData("arm64-exited", 7, null)]
    [InlineData("x64-no-line-end", 3, null)]
    [InlineData("x64-no-program", null, "OSv gave up: Failed to load object: /app/nosuch")]
    [InlineData("x64-abort-called", null, "the program was killed by SIGABRT (signal 6)")]
    [InlineData("arm64-abort-called", null, "the program was killed by SIGABRT (signal 6)")]
    [InlineData("x64-no-clock", null, "OSv aborted: Neither paravirtual clock nor HPET is available.")]
    [InlineData("x64-segv", null, "OSv aborted: page fault in the program")]
    [InlineData("arm64-segv", null, "OSv aborted: page fault in the program")]
    [InlineData("x64-null-in-osv", null, "OSv aborted: page fault outside application, addr: 0x0000000000000000")]
    public void Is_read_from_its_console(string name, int? status, string? fault) => Check(
        File.ReadAllBytes(Repository.Data($"osv/{name}.serial.txt")), new InstanceEnd(status, fault));

    [Theory]
    [InlineData("program exited with status 0\nprogram exited with status 258\nPowering off.\n", 2, null)]
    [InlineData("program exited with status -1\nPowering off.\n", 255, null)]
    [InlineData("program exited with status 0\r\nAssertion failed: a (b.cc)\r\n\r\n[backtrace]\r\n", null, "Assertion failed: a")]
    [InlineData("Out of memory: could not reclaim any further.\r\n[backtrace]\r\n", null, "OSv aborted: Out of memory: could not")]
    [InlineData("Aborted\r\n\r\n[backtrace]\r\n0x1 <main+1>\r\n", null, "OSv aborted: Aborted")]
    [InlineData("premain: failed\nHalting.\n", null, "OSv aborted: premain: failed")]
    [InlineData("[backtrace]", null, "OSv aborted: it gave no reason")]
    [InlineData("program exited with status\n", null, "no word")]
    [InlineData("program exited with status 99999999999\n", null, "no word")]
    [InlineData("", null, "no word")]
    public void Is_read_from_its_last_words(string text, int? status, string? fault) =>
        Check(Encoding.Latin1.GetBytes(text), new InstanceEnd(status, fault));

    [Fact]
    public void Is_over_where_osv_would_hang()
    {
        var end = new OsvGuestEnd();
        end.Receive("a reason\nHalting.\n"u8);
        Assert.True(end.IsOver);
    }

    [Fact]
    public void Lines_of_a_program_take_no_room()
    {
        var end = new OsvGuestEnd();
        var flood = new byte[1 << 20];
        Array.Fill(flood, (byte)'x');
        for (var i = 79; i < flood.Length; i += 80)
        {
            flood[i] = (byte)'\n';
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 16; i++)
        {
            end.Receive(flood);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    private static void Check(byte[] console, InstanceEnd expected)
    {
        foreach (var step in (int[])[1, 3, 100_000])
        {
            var end = new OsvGuestEnd();
            foreach (var piece in console.Chunk(step))
            {
                end.Receive(piece);
            }

            var actual = end.Conclude("no word");
            Assert.Equal(expected.ExitStatus, actual.ExitStatus);
            Assert.Equal(expected.Fault is null, actual.Fault is null);
            Assert.Contains(expected.Fault ?? "", actual.Fault ?? "", StringComparison.Ordinal);
        }
    }
}
