using System.Diagnostics;
using System.Text;
using VirtualBench.Guests.Linux;

namespace VirtualBench.Guests.Tests;

/// <summary>The system's programs that tests need, and guests compiled from the sources in the tree.</summary>
internal static class Tools
{
    /// <summary>Where a command is, or null.</summary>
    public static string? Find(string command) =>
        ((Environment.GetEnvironmentVariable("PATH") ?? "") + ":/usr/sbin:/sbin").Split(':')
        .Select(directory => Path.Combine(directory, command))
        .FirstOrDefault(File.Exists);

    /// <summary>
    /// Compiles C files into a static program, named after the first; skips the test when there is no compiler for the architecture.
    /// </summary>
    public static async Task<string> CompileAsync(
        Workspace workspace, GuestArchitecture architecture, params IReadOnlyList<string> sources)
    {
        var compiler = architecture == GuestArchitecture.Arm64 ? "aarch64-linux-gnu-gcc" : "x86_64-linux-gnu-gcc";
        Assert.SkipWhen(Find(compiler) is null, compiler + " is not installed");
        var program = workspace.PathOf(Path.GetFileNameWithoutExtension(sources[0]) + "-" + architecture);
        var result = await new SystemCommands().RunAsync(
            compiler,
            [
                "-std=gnu11", "-Os", "-Wall", "-Wextra", "-static", "-s",
                .. sources.Select(source => Path.Combine(Workspace.Repository, source)), "-o", program,
            ],
            workspace.Root,
            TestContext.Current.CancellationToken);
        Assert.True(result.Status == 0, result.Error);
        return program;
    }

    /// <summary>Runs a command to its end and returns status and all bytes of standard output; ends it after the deadline.</summary>
    public static async Task<(int Status, byte[] Output, string Error)> RunAsync(
        TimeSpan deadline, string command, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(deadline);
        using var output = new MemoryStream();
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            var printed = Encoding.Latin1.GetString(output.ToArray());
            Assert.Fail($"{command} did not end within {deadline.TotalSeconds} s: {printed}{await error}");
        }

        return (process.ExitCode, output.ToArray(), await error);
    }
}
