using System.Globalization;
using System.Text.RegularExpressions;

namespace VirtualBench.Guests.Tests;

public sealed partial class ProbesTests
{
    /// <summary>The C# probes, each with parameters that make it short.</summary>
    public static TheoryData<string, string> Probes()
    {
        TheoryData<string, string> cases = [];
        foreach (string architecture in Architectures)
        {
            foreach (string specification in Specifications)
            {
                cases.Add(architecture, specification);
            }
        }
        return cases;
    }

    private static readonly string[] Architectures = ["x64", "arm64"];

    private static readonly string[] Specifications =
    [
        "cpu.primes", "cpu.primes{limit=3}", "cpu.fma", "cpu.fma{width=128}", "cpu.dgemm{n=64}", "cpu.sha256{bytes=4096}",
        "cpu.sha256{bytes=1000}", "cpu.sort", "mem.copy{bytes=1M}", "mem.scale{bytes=1M}", "mem.add{bytes=1M}", "mem.triad{bytes=1M}",
        "mem.triad{bytes=100K}", "mem.random{bytes=1M}", "os.clock",
    ];

    [Theory]
    [MemberData(nameof(Probes))]
    public void A_probe_completes_and_its_answer_is_right(string architecture, string specification)
    {
        ProbesProgram.Outcome outcome = ProbesProgram.Run(architecture, "vbprobe-cs", [.. ProbesProgram.Shortest, specification]);

        Assert.Equal("", outcome.Error);
        Assert.DoesNotContain(outcome.Lines, line => line.StartsWith("// VB: error", StringComparison.Ordinal));
        Assert.Contains("// AfterAll", outcome.Lines);
        Assert.Contains(outcome.Lines, line => line.StartsWith("WorkloadResult", StringComparison.Ordinal));
        Assert.Contains(outcome.Lines, line => line.Contains(" impl=cs ", StringComparison.Ordinal));
        Assert.Equal(0, outcome.Status);
    }

    [Theory]
    [InlineData("x64")]
    [InlineData("arm64")]
    public void The_list_has_the_parameters_and_defaults_of_the_C_program(string architecture)
    {
        ProbesProgram.Outcome cs = ProbesProgram.Run(architecture, "vbprobe-cs", "--list");
        ProbesProgram.Outcome c = ProbesProgram.Run(architecture, "vbprobe-c", "--list");

        Assert.Equal(0, cs.Status);
        Assert.Equal(11, cs.Lines.Count);
        Assert.All(cs.Lines, line => Assert.Contains(line, c.Lines));
    }

    [Theory]
    [MemberData(nameof(Probes))]
    public void Metrics_are_those_of_the_C_probe(string architecture, string specification)
    {
        // One width for both: C has AVX-512 where the CPU does.
        string same = specification is "cpu.fma" ? "cpu.fma{width=128}" : specification;
        ProbesProgram.Outcome cs = ProbesProgram.Run(architecture, "vbprobe-cs", [.. ProbesProgram.Shortest, same]);
        ProbesProgram.Outcome c = ProbesProgram.Run(architecture, "vbprobe-c", [.. ProbesProgram.Shortest, same]);

        Assert.NotEmpty(Metrics(cs));
        Assert.Equal(Metrics(c), Metrics(cs));

        static IEnumerable<string> Metrics(ProbesProgram.Outcome outcome) =>
            outcome.Lines.Where(line => line.StartsWith("// VB: metric", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cpu.nothing", "no such probe; see --list")]
    [InlineData("cpu.primes{limit=2}", "limit must be between 3 and 100000000")]
    [InlineData("cpu.primes{limit=many}", "parameter 'limit' takes a whole number (K, M, G allowed)")]
    [InlineData("cpu.primes{size=3}", "no parameter 'size'; see --list")]
    public void A_wrong_specification_is_a_failed_section(string specification, string reason)
    {
        ProbesProgram.Outcome outcome = ProbesProgram.Run("x64", "vbprobe-cs", specification);

        Assert.Equal(1, outcome.Status);
        Assert.Equal(reason, outcome.Reason);
        Assert.DoesNotContain("// AfterAll", outcome.Lines);
    }

    [Theory]
    [InlineData("cpu.fma{width=512}", "this CPU has no AVX-512, or this program is not compiled for it")]
    [InlineData("mem.triad{bytes=1M,width=256}", "this CPU has no vectors of that width")]
    public void A_width_that_cannot_run_is_unsupported_and_no_failure(string specification, string reason)
    {
        string program = ProbesProgram.Path("x64", "vbprobe-cs");
        // A CPU with AVX and without AVX2.
        ProbesProgram.Outcome outcome = ProbesProgram.Start(ProbesProgram.Emulator("x64"), "-cpu", "SandyBridge", program, specification);

        Assert.Contains($"// VB: unsupported reason={reason}", outcome.Lines);
        Assert.Equal(0, outcome.Status);
    }

    [Fact]
    public void A_CPU_without_FMA_multiplies_and_adds_in_two_steps()
    {
        string program = ProbesProgram.Path("x64", "vbprobe-cs");
        string[] arguments = ["-cpu", "SandyBridge", program, .. ProbesProgram.Shortest, "cpu.fma", "cpu.dgemm{n=50}"];
        ProbesProgram.Outcome outcome = ProbesProgram.Start(ProbesProgram.Emulator("x64"), arguments);

        Assert.Equal(2, outcome.Lines.Count(line => line == "// VB: note kind=mul+add"));
        Assert.Equal("// VB: end sections=2 failed=0", outcome.Lines[^1]);
    }

    [Fact]
    public void An_arm64_CPU_with_the_instructions_digests_with_them()
    {
        ProbesProgram.Outcome outcome =
            ProbesProgram.Run("arm64", "vbprobe-cs", [.. ProbesProgram.Shortest, "cpu.sha256{bytes=4096}"]);

        Assert.Contains("// VB: note instructions=sha", outcome.Lines);
        Assert.Equal(0, outcome.Status);
    }

    [Fact]
    public void A_wrong_option_is_a_wrong_command_line()
    {
        ProbesProgram.Outcome outcome = ProbesProgram.Run("x64", "vbprobe-cs", "--speed=high", "cpu.primes");

        Assert.Equal(2, outcome.Status);
        Assert.Contains("--speed=high", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_CPU_without_AVX_is_refused_in_one_line_before_the_runtime_starts()
    {
        string program = ProbesProgram.Path("x64", "vbprobe-cs");
        ProbesProgram.Outcome outcome = ProbesProgram.Start(ProbesProgram.Emulator("x64"), "-cpu", "qemu64", program, "cpu.primes");

        Assert.Equal(3, outcome.Status);
        Assert.Equal("", outcome.Output);
        Assert.Equal("vbprobe-cs: this CPU has no AVX, which the program is compiled for; run vbprobe-c here\n", outcome.Error);
    }

    [Fact]
    public void The_compiler_leaves_the_overhead_loop_standing()
    {
        ProbesProgram.Outcome outcome = ProbesProgram.Run("x64", "vbprobe-cs", "--min=1", "--max=1", "--iteration-ms=20", "os.clock");

        // A loop of n rounds takes some tenths of a nanosecond each on any CPU; none at all would be a constant few nanoseconds over n.
        MatchCollection overheads = OverheadNanosecondsPerOperation().Matches(outcome.Output);
        Assert.NotEmpty(overheads);
        Assert.All(overheads, match => Assert.True(double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) > 0.05, match.Value));
    }

    [Theory]
    [InlineData("x64")]
    [InlineData("arm64")]
    public void The_program_asks_for_no_loader_and_no_library(string architecture)
    {
        byte[] elf = File.ReadAllBytes(ProbesProgram.Path(architecture, "vbprobe-cs"));
        const int ProgramHeaders = 0x20, HeaderSize = 0x36, HeaderCount = 0x38;
        const int Interpreter = 3;
        long headers = BitConverter.ToInt64(elf, ProgramHeaders);
        int size = BitConverter.ToUInt16(elf, HeaderSize), count = BitConverter.ToUInt16(elf, HeaderCount);

        Assert.True(count > 0);
        Assert.DoesNotContain(Interpreter, Enumerable.Range(0, count).Select(i => BitConverter.ToInt32(elf, (int)headers + (i * size))));
        Assert.InRange(elf.Length, 1 << 20, 4 << 20);
    }

    [Fact]
    public void The_program_runs_where_there_is_no_other_file()
    {
        const string Chroot = "/usr/sbin/chroot";
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists(Chroot), "changing the root directory takes root");
        DirectoryInfo root = Directory.CreateTempSubdirectory("vbprobes-");
        try
        {
            File.Copy(ProbesProgram.Path("x64", "vbprobe-cs"), Path.Combine(root.FullName, "vbprobe-cs"));
            ProbesProgram.Outcome outcome =
                ProbesProgram.Start(Chroot, [root.FullName, "/vbprobe-cs", .. ProbesProgram.Shortest, "cpu.primes", "os.clock"]);

            Assert.Equal("", outcome.Error);
            Assert.Equal("// VB: end sections=2 failed=0", outcome.Lines[^1]);
            Assert.Equal(0, outcome.Status);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"OverheadActual .*, ([0-9.]+) ns/op")]
    private static partial Regex OverheadNanosecondsPerOperation();
}
