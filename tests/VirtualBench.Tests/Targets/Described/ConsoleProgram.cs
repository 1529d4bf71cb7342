namespace VirtualBench.Tests.Targets.Described;

/// <summary>
/// A small engine: <c>[detach] stdout|file|connect|listen PATH PROGRAM ARGUMENTS</c> runs a program with its output where it says. A
/// detached one returns at once, and prints <c>exited N</c> on that console when the program has ended.
/// </summary>
internal static class ConsoleProgram
{
    private const string Source = """
        #include <fcntl.h>
        #include <stdio.h>
        #include <string.h>
        #include <sys/socket.h>
        #include <sys/un.h>
        #include <sys/wait.h>
        #include <unistd.h>
        static int console(const char *how, const char *path) {
            if (!strcmp(how, "stdout")) return dup(1);
            if (!strcmp(how, "file")) return open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
            struct sockaddr_un address = {.sun_family = AF_UNIX};
            strcpy(address.sun_path, path);
            int end = socket(AF_UNIX, SOCK_STREAM, 0);
            if (!strcmp(how, "connect")) return connect(end, (void *)&address, sizeof address) ? -1 : end;
            if (bind(end, (void *)&address, sizeof address) || listen(end, 1)) return -1;
            return accept(end, 0, 0);
        }
        int main(int count, char **words) {
            int detach = !strcmp(words[1], "detach");
            words += detach;
            if (detach) {
                if (fork()) return 0;
                setsid();
                int none = open("/dev/null", O_RDWR);
                dup2(none, 0), dup2(none, 1), dup2(none, 2);
            }
            int out = console(words[1], words[2]);
            if (out < 0) { perror("no console"); return 125; }
            if (!detach || !fork()) { dup2(out, 1); close(out); execv(words[3], words + 3); _exit(126); }
            int status;
            wait(&status);
            dprintf(out, "exited %d\n", WEXITSTATUS(status));
            return 0;
        }
        """;

    private static readonly Lazy<string?> Built = new(() =>
    {
        var directory = Directory.CreateTempSubdirectory("vbtest-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        return SmallProgram.Compile(directory, "console", Source, "-static");
    });

    /// <summary>Its file; skips the test where there is no compiler.</summary>
    public static string Get()
    {
        Assert.SkipWhen(Built.Value is null, "needs gcc and a static C library");
        return Built.Value!;
    }
}
