using System.Diagnostics;
using System.Security.Cryptography;
using VirtualBench.Guests;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Targets;

/// <summary>A small static C program that behaves as its first argument says: well, or as a guest must not.</summary>
internal static class SmallProgram
{
    private const string Source = """
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        int main(int argc, char **argv) {
            const char *what = argc > 1 ? argv[1] : "";
            if (!strcmp(what, "--list")) { puts("cpu.primes\tlimit=10000"); return 0; }
            if (!strcmp(what, "hang")) { puts("hanging"); fflush(stdout); if (fork() == 0) setsid(); for (;;) pause(); }
            if (!strcmp(what, "segv")) { puts("about to die"); fflush(stdout); fputs("last words\n", stderr); *(volatile int *)0 = 1; }
            if (!strcmp(what, "abort")) { puts("about to abort"); fflush(stdout); abort(); }
            if (!strcmp(what, "garbage")) { for (int i = 0; i < 70000; i++) putchar(i * 7 & 255); return 0; }
            if (!strcmp(what, "flood")) for (;;) write(1, "flood flood flood flood\n", 24);
            if (!strcmp(what, "status")) { puts("ending"); return atoi(argv[2]); }
            if (!strcmp(what, "straggler")) { puts("gone"); fflush(stdout); if (fork() == 0) { setsid(); for (;;) pause(); } return 0; }
            if (!strcmp(what, "environment")) { extern char **environ; for (char **e = environ; *e; e++) puts(*e); return 0; }
            if (!strcmp(what, "allocate")) {
                size_t n = (size_t)atoi(argv[2]) << 20; char *p = malloc(n);
                memset(p, 1, n); printf("%d\n", p[n - 1]); return 0;
            }
            if (!strcmp(what, "affinity")) {
                char line[256]; FILE *f = fopen("/proc/self/status", "r");
                while (fgets(line, sizeof line, f)) if (!strncmp(line, "Cpus_allowed_list", 17)) fputs(line, stdout);
                return 0;
            }
            return 2;
        }
        """;

    private static readonly Lazy<GuestProgram?> Built = new(Build);

    /// <summary>The program; skips the test where there is no compiler.</summary>
    public static GuestProgram Get()
    {
        Assert.SkipWhen(Built.Value is null, "needs gcc and a static C library");
        return Built.Value!;
    }

    public static GuestProgram? Find(string implementation, GuestArchitecture architecture) =>
        implementation == "c" && architecture == TargetName.HostArchitecture ? Built.Value : null;

    /// <summary>Compiles C; null when there is no compiler or it fails.</summary>
    public static string? Compile(string directory, string name, string source, params string[] options)
    {
        if (!File.Exists("/usr/bin/gcc"))
        {
            return null;
        }

        var file = Path.Combine(directory, name);
        File.WriteAllText(file + ".c", source);
        using var gcc = Process.Start("/usr/bin/gcc", ["-O1", "-w", .. options, "-o", file, file + ".c"]);
        gcc.WaitForExit();
        return gcc.ExitCode == 0 ? file : null;
    }

    private static GuestProgram? Build()
    {
        var directory = Directory.CreateTempSubdirectory("vbtest-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        if (Compile(directory, "small", Source, "-static") is not { } path)
        {
            return null;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
        return new GuestProgram("c", TargetName.HostArchitecture, path, hash, hash);
    }
}
