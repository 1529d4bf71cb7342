using Mono.Unix.Native;

namespace VirtualBench.Host;

/// <summary>
/// Puts this process into PID and mount namespaces of its own, by replacing itself with vbenclose, which starts it again inside. Whatever a
/// run starts then ends with it, even with a SIGKILL: the kernel sees to it.
/// </summary>
internal static class Enclosure
{
    private const string Marker = "VIRTUALBENCH_SESSION";

    // .NET's pipes for debuggers stay in the temporary directory when a process is killed; the enclosed one makes none.
    private const string NoDiagnostics = "DOTNET_EnableDiagnostics";

    /// <summary>Names this session's scratch directory and labels; the process outside and the one inside share it.</summary>
    public static string Session { get; } = Environment.GetEnvironmentVariable(Marker) is { Length: > 0 } given ? given : NewSession();

    public static bool IsInside => Environment.GetEnvironmentVariable(Marker) is { Length: > 0 };

    /// <summary>
    /// Does not return when the enclosure can be had. Without the helper program (the build is incomplete) it returns, and the run goes on
    /// without; the targets say what they miss.
    /// </summary>
    public static void Enter(IReadOnlyList<string> arguments)
    {
        var helper = BuildOutput.HostHelper("vbenclose");
        if (IsInside || !File.Exists(helper) || Environment.ProcessPath is not { } self)
        {
            return;
        }

        // Under `dotnet VirtualBench.dll` the process is dotnet, and the program its first argument.
        string[] program = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [self, Environment.GetCommandLineArgs()[0]] : [self];
        string[] argv =
        [
            helper, .. Syscall.geteuid() == 0 ? Array.Empty<string>() : ["--no-namespaces"],
            "--after", .. program, "clean", "--run", Session, ";",
            "--", .. program, .. arguments,
        ];
        var environment = Environment.GetEnvironmentVariables();
        var envp = environment.Keys.Cast<string>().Where(k => k != NoDiagnostics).Select(k => $"{k}={environment[k]}")
            .Append($"{Marker}={Session}").Append($"{NoDiagnostics}=0").ToArray();
        DeleteDiagnosticFiles();
        // Mono.Posix hands the arrays on as they are: the null that ends each is ours to put there. It returns only when it failed.
        _ = Syscall.execve(helper, [.. argv, null!], [.. envp, null!]);
        throw new IOException($"cannot execute {helper}: {Syscall.strerror(Stdlib.GetLastError())}; run ./build.sh build");
    }

    /// <summary>The pipes of this process, which .NET deletes when it ends; replaced, it never does.</summary>
    private static void DeleteDiagnosticFiles()
    {
        foreach (var pattern in new[] { $"clr-debug-pipe-{Environment.ProcessId}-*", $"dotnet-diagnostic-{Environment.ProcessId}-*" })
        {
            foreach (var file in Directory.EnumerateFiles(Path.GetTempPath(), pattern))
            {
                File.Delete(file);
            }
        }
    }

    private static string NewSession() => Convert.ToHexStringLower(BitConverter.GetBytes(Random.Shared.NextInt64()))[..10];
}
