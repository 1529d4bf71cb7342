using System.Diagnostics;
using System.Security.Cryptography;
using VirtualBench.Guests;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Targets;

/// <summary>A small static C program that behaves as its first argument says: well, or as a guest must not.</summary>
internal static class SmallProgram
{
    private const string Source = """
        #include <arpa/inet.h>
        #include <ifaddrs.h>
        #include <netinet/in.h>
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/socket.h>
        #include <unistd.h>
        static int of_tcp(const char *host, int port, struct sockaddr_in *to) {
            to->sin_family = AF_INET; to->sin_port = htons(port); to->sin_addr.s_addr = inet_addr(host);
            return socket(AF_INET, SOCK_STREAM, 0);
        }
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
            if (!strcmp(what, "links")) {
                struct ifaddrs *all, *a; getifaddrs(&all);
                for (a = all; a; a = a->ifa_next)
                    if (a->ifa_addr && a->ifa_addr->sa_family == AF_INET)
                        printf("%s %s\n", a->ifa_name, inet_ntoa(((struct sockaddr_in *)a->ifa_addr)->sin_addr));
                    else if (a->ifa_addr && a->ifa_addr->sa_family == AF_PACKET)
                        printf("%s\n", a->ifa_name);
                return 0;
            }
            if (!strcmp(what, "serve")) {
                struct sockaddr_in here = {0}; int s = of_tcp("0.0.0.0", 7000, &here);
                if (bind(s, (void *)&here, sizeof here) || listen(s, 1)) return 3;
                puts("serving"); fflush(stdout);
                write(accept(s, 0, 0), "from a guest", 12); return 0;
            }
            if (!strcmp(what, "fetch")) {
                struct sockaddr_in there = {0}; int s = of_tcp(argv[2], argc > 3 ? atoi(argv[3]) : 7000, &there); char text[64]; ssize_t n;
                if (connect(s, (void *)&there, sizeof there)) { perror("connect"); return 3; }
                while ((n = read(s, text, sizeof text)) > 0) write(1, text, n);
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
