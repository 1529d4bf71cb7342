using System.Text;
using VirtualBench.Targets;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Tests.Targets;

public sealed class LinuxGuestEndTests
{
    [Theory]
    [InlineData("VBINIT: exited 0\n", 0, null)]
    [InlineData("noise\nVBINIT: exited 42\r\n", 42, null)]
    [InlineData("VBINIT: exited 7", 7, null)]
    [InlineData("VBINIT: killed by signal 9\n", null, "signal 9")]
    [InlineData("VBINIT: cannot run /vbprobe: Exec format error\n", null, "Exec format error")]
    [InlineData("VBINIT: exited 0\n[    0.9] Kernel panic - not syncing: Attempted to kill init!\n", null, "Attempted to kill init!")]
    [InlineData("an echo of VBINIT: exited 0\n", null, "no word")]
    [InlineData("", null, "no word")]
    public void Is_read_from_the_last_words(string text, int? status, string? fault)
    {
        foreach (var step in (int[])[1, 3, 1000])
        {
            var end = new LinuxGuestEnd();
            foreach (var piece in Encoding.Latin1.GetBytes(text).Chunk(step))
            {
                end.Receive(piece);
            }

            var conclusion = end.Conclude("no word");
            Assert.Equal(status, conclusion.ExitStatus);
            Assert.Equal(fault is null, conclusion.Fault is null);
            Assert.Contains(fault ?? "", conclusion.Fault ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_line_without_end_takes_no_room()
    {
        var end = new LinuxGuestEnd();
        var piece = new byte[1 << 20];
        Array.Fill(piece, (byte)'x');
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 64; i++)
        {
            end.Receive(piece);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
        end.Receive("\nVBINIT: exited 5\n"u8);
        Assert.Equal(5, end.Conclude("no word").ExitStatus);
    }
}
