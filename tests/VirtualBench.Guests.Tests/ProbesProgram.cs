using System.Diagnostics;
using System.Runtime.InteropServices;

namespace VirtualBench.Guests.Tests;

/// <summary>
/// A published guest program, run as a process of the host: directly, or by user-mode emulation when it is the other architecture's.
/// </summary>
internal static class ProbesProgram
{
    /// <summary>Iterations that only show that a probe works.</summary>
    public static readonly string[] Shortest = ["--min=1", "--max=1", "--warmup=0", "--iteration-ms=1"];

    /// <summary>What a run printed and how it ended.</summary>
    public sealed record Outcome(int Status, string Output, string Error)
    {
        public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        /// <summary>The reason of the only section's error line.</summary>
        public string Reason => Assert.Single(Lines, line => line.StartsWith(ErrorLine, StringComparison.Ordinal))[ErrorLine.Length..];

        private const string ErrorLine = "// VB: error reason=";
    }

    /// <summary>The program's file; skips the test when it has not been built.</summary>
    public static string Path(string architecture, string program)
    {
        string path = System.IO.Path.Combine(Root(), "artifacts", "guests", architecture, program);
        Assert.SkipUnless(File.Exists(path), $"{path} has not been built");
        return path;
    }

    /// <summary>Runs <c>artifacts/guests/ARCHITECTURE/PROGRAM</c>.</summary>
    public static Outcome Run(string architecture, string program, params string[] arguments)
    {
        string path = Path(architecture, program);
        return architecture == HostArchitecture
            ? Start(path, arguments)
            : Start(Emulator(architecture), [path, .. arguments]);
    }

    /// <summary>Runs a file to its end, with nothing in its environment.</summary>
    public static Outcome Start(string file, params string[] arguments)
    {
        ProcessStartInfo start = new(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{file} {string.Join(' ', arguments)} did not end");
        }
        process.WaitForExit();
        return new Outcome(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>QEMU's user-mode emulator of an architecture; skips the test where there is none.</summary>
    public static string Emulator(string architecture)
    {
        string path = $"/usr/bin/qemu-{(architecture == "arm64" ? "aarch64" : "x86_64")}-static";
        Assert.SkipUnless(File.Exists(path), $"{path} is not installed (package qemu-user-static)");
        return path;
    }

    private static string HostArchitecture => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64";

    private static string Root()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(System.IO.Path.Combine(directory.FullName, "VirtualBench.sln")))
        {
            directory = directory.Parent;
        }
        return directory?.FullName ?? throw new DirectoryNotFoundException("no VirtualBench.sln above the test program");
    }
}
