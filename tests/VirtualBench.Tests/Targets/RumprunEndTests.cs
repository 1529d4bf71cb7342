using System.Text;
using VirtualBench.Targets;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Tests.Targets;

/// <summary>How programs on Rumprun ended, by consoles that Rumprun b04d422 printed under QEMU.</summary>
public sealed class RumprunEndTests
{
    [Theory]
    [InlineData("x64-returned", 0, null)]
    [InlineData("x64-exit", 5, null)]
    [InlineData("x64-bad-json", null, "Rumprun could not start the program: rumprun: json parse failed 2")]
    [InlineData("x64-panic", null, "Rumprun panicked: command line too long, increase BMK_MULTIBOOT_CMDLINE_SIZE")]
    [InlineData("x64-abort", null, "the program aborted")]
    [InlineData("x64-trap", null, "the program was stopped by a trap: page fault at ")]
    public void Is_read_from_its_console(string name, int? status, string? fault) => Check(
        File.ReadAllBytes(Repository.Data($"rumprun/{name}.serial.txt")), new InstanceEnd(status, fault), isOver: true);

    [Theory]
    [InlineData("=== main() of \"x\" returned 258 ===\r\n", 2, null, false)]
    [InlineData("=== main() of \"x\" returned -1 ===\r\nhalted\r\n", 255, null, true)]
    [InlineData("=== ERROR: _exit(7) called ===\r\nhalted\r\n", 7, null, true)]
    [InlineData("=== _exit(0) called ===\r\n", 0, null, false)]
    [InlineData("textFATAL TRAP: invalid opcode at 0x10 (0x0)\r\n", null, "a trap: invalid opcode at 0x10 (0x0)", true)]
    [InlineData("trap: #DF\n", null, "trap: #DF", true)]
    [InlineData("panic: malloc\nPANIC: rumpuser panic\nhalted\n", null, "the rump kernel panicked: malloc", true)]
    [InlineData("_lwpabort() called\n\n=== ERROR: _exit(1) called ===\nhalted\n", null, "the program aborted", true)]
    [InlineData("=== bootstrap failed\n", null, "it gave no reason", false)]
    [InlineData("halted\n", null, "halted before its program had ended", true)]
    [InlineData("an echo of === main() of \"x\" returned 0 ===\n", null, "no word", false)]
    [InlineData("=== main() of \"x\" returned 99999999999 ===\n", null, "no word", false)]
    [InlineData("cannot handle page request order 11/0x1000!\n", null, "no word", false)]
    [InlineData("", null, "no word", false)]
    public void Is_read_from_its_last_words(string text, int? status, string? fault, bool isOver) =>
        Check(Encoding.Latin1.GetBytes(text), new InstanceEnd(status, fault), isOver);

    private static void Check(byte[] console, InstanceEnd expected, bool isOver)
    {
        foreach (var step in (int[])[1, 3, 100_000])
        {
            var end = new RumprunEnd();
            foreach (var piece in console.Chunk(step))
            {
                end.Receive(piece);
            }

            Assert.Equal(isOver, end.IsOver);
            var actual = end.Conclude("no word");
            Assert.Equal(expected.ExitStatus, actual.ExitStatus);
            Assert.Equal(expected.Fault is null, actual.Fault is null);
            Assert.Contains(expected.Fault ?? "", actual.Fault ?? "", StringComparison.Ordinal);
        }
    }
}
