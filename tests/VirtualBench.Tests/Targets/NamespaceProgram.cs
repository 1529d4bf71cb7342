using System.Security.Cryptography;
using VirtualBench.Guests;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Targets;

/// <summary>A guest that tells which namespaces it is in.</summary>
internal static class NamespaceProgram
{
    private const string Source = """
        #include <stdio.h>
        #include <unistd.h>
        int main(void) {
            const char *names[] = {"mnt", "pid", "net", "ipc", "uts", "user", "cgroup"};
            for (int i = 0; i < 7; i++) {
                char path[64], link[64]; snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
                ssize_t n = readlink(path, link, sizeof link - 1); link[n < 0 ? 0 : n] = 0; puts(link);
            }
            char line[256]; FILE *f = fopen("/proc/self/status", "r");
            while (f && fgets(line, sizeof line, f)) fputs(line, stdout);
            return 0;
        }
        """;

    private static readonly string[] Names = ["mnt", "pid", "net", "ipc", "uts", "user", "cgroup"];

    /// <summary>Runs it on a target.</summary>
    /// <returns>The namespaces that are not ours, and /proc/self/status.</returns>
    public static async Task<(IReadOnlyList<string> Own, string Status)> RunAsync(
        EngineFixture engines, ITarget target, CancellationToken cancellation)
    {
        var lines = (await RunAsync(engines, target, Source, cancellation)).Split('\n');
        var own = lines.Zip(Names).Where(pair => pair.First != new FileInfo("/proc/self/ns/" + pair.Second).LinkTarget);
        return ([.. own.Select(pair => pair.Second)], string.Join('\n', lines.Skip(Names.Length)));
    }

    /// <summary>Compiles a program and runs it on a target, where it has to end well.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(EngineFixture engines, ITarget target, string source, CancellationToken cancellation)
    {
        var path = SmallProgram.Compile(engines.Session.NewScratchDirectory("program"), "program", source, "-static");
        Assert.SkipWhen(path is null, "needs gcc and a static C library");
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path!)));
        var program = new GuestProgram("c", TargetName.HostArchitecture, path!, hash, hash);
        await target.PrepareAsync([program], cancellation);
        var console = new RecordingConsole();
        Assert.Equal(new InstanceEnd(0, null), await target.RunAsync(engines.Launch() with { Program = program }, console, cancellation));
        return console.Text;
    }
}
